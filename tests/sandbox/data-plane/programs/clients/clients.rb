# Prints what each client gets from the URL: its name and the status.
require "net/http"

url = URI(ARGV[0])
path = "/computeMetadata/v1/instance/service-accounts/default/identity"
metadata = URI("http://metadata.google.internal#{path}?audience=#{url}")
begin
  token = Net::HTTP.get(metadata, { "Metadata-Flavor" => "Google" })
  answer = Net::HTTP.get_response(url, { "Authorization" => "Bearer #{token}" })
  puts "Net::HTTP #{answer.code}"
rescue StandardError => error
  puts "Net::HTTP #{error.inspect}"
end
