// Go's httputil.ReverseProxy with the token added to each request.
package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	backend, err := url.Parse(os.Getenv("BACKEND_URL"))
	if err != nil {
		panic(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 1024
	token := os.Getenv("TOKEN")
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(backend)
			request.SetXForwarded()
			request.Out.Header.Set("X-Serverless-Authorization", token)
		},
	}
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), proxy))
}
