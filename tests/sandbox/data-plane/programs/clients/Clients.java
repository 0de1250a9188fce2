import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** Prints what each client gets from the URL: its name and the status. */
public class Clients {
  static final String PATH = "/computeMetadata/v1/instance/service-accounts/default/identity";

  public static void main(String[] arguments) {
    String url = arguments[0];
    String metadata = "http://metadata.google.internal" + PATH + "?audience=" + url;
    attempt("java.net.http.HttpClient", () -> {
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest asks = HttpRequest.newBuilder(URI.create(metadata)).header("Metadata-Flavor", "Google").build();
      String token = client.send(asks, BodyHandlers.ofString()).body();
      HttpRequest calls = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + token).build();
      return client.send(calls, BodyHandlers.ofString()).statusCode();
    });
    attempt("java.net.HttpURLConnection", () -> {
      HttpURLConnection asks = (HttpURLConnection) new URL(metadata).openConnection();
      asks.setRequestProperty("Metadata-Flavor", "Google");
      String token = new String(asks.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      HttpURLConnection calls = (HttpURLConnection) new URL(url).openConnection();
      calls.setRequestProperty("Authorization", "Bearer " + token);
      return calls.getResponseCode();
    });
  }

  static void attempt(String name, Callable<Integer> client) {
    try {
      System.out.println(name + " " + client.call());
    } catch (Exception error) {
      System.out.println(name + " " + error);
    }
  }
}
