<?php
/** Prints what each client gets from the URL: its name and the status. */
$url = $argv[1];
$path = '/computeMetadata/v1/instance/service-accounts/default/identity';
$metadata = "http://metadata.google.internal$path?audience=$url";

function by_curl(string $url, string $header): array
{
    $handle = curl_init($url);
    curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => [$header]]);
    $text = curl_exec($handle);
    return [curl_getinfo($handle, CURLINFO_RESPONSE_CODE) ?: curl_error($handle), $text];
}

function by_stream(string $url, string $header): array
{
    $proxy = ['proxy' => str_replace('http://', 'tcp://', getenv('HTTPS_PROXY')), 'request_fulluri' => true];
    $context = stream_context_create(['http' => $proxy + ['header' => $header]]);
    $text = file_get_contents($url, false, $context);
    return [explode(' ', $http_response_header[0] ?? ' nothing')[1], $text];
}

foreach (['curl' => 'by_curl', 'file_get_contents' => 'by_stream'] as $name => $client) {
    [, $token] = $client($metadata, 'Metadata-Flavor: Google');
    [$status] = $client($url, "Authorization: Bearer $token");
    echo "$name $status\n";
}
