// Prints what each client gets from the URL: its name and the status.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

const path = "/computeMetadata/v1/instance/service-accounts/default/identity"

func get(url, header, value string) (int, string, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header.Set(header, value)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

func call(url string) (int, error) {
	_, token, err := get("http://metadata.google.internal"+path+"?audience="+url, "Metadata-Flavor", "Google")
	if err != nil {
		return 0, err
	}
	status, _, err := get(url, "Authorization", "Bearer "+token)
	return status, err
}

func main() {
	status, err := call(os.Args[1])
	if err != nil {
		fmt.Println("net/http", err)
		return
	}
	fmt.Println("net/http", status)
}
