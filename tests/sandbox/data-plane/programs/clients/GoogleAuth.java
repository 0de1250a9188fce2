import com.google.auth.oauth2.ComputeEngineCredentials;
import com.google.auth.oauth2.IdTokenCredentials;
import java.net.HttpURLConnection;
import java.net.URL;

/** Prints what each client gets from the URL: its name and the status. */
public class GoogleAuth {
  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    IdTokenCredentials credentials = IdTokenCredentials.newBuilder()
        .setIdTokenProvider(ComputeEngineCredentials.create())
        .setTargetAudience(url)
        .build();
    String token = credentials.refreshAccessToken().getTokenValue();
    HttpURLConnection calls = (HttpURLConnection) new URL(url).openConnection();
    calls.setRequestProperty("Authorization", "Bearer " + token);
    System.out.println("google-auth-library " + calls.getResponseCode());
  }
}
