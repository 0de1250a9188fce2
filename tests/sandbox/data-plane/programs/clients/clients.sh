# Prints what each client gets from the URL: its name and the status.
url=$1
metadata=http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity
token=$(curl -sS -H 'Metadata-Flavor: Google' "$metadata?audience=$url")
curl -sS -o /dev/null -w 'curl %{http_code}\n' -H "Authorization: Bearer $token" "$url"
