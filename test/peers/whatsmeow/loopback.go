package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"go.mau.fi/whatsmeow"
)

// elsewhere sends each request to one host, whatever host it names.
type elsewhere struct {
	scheme, host string
	next         http.RoundTripper
}

func (e elsewhere) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL.Scheme, request.URL.Host, request.Host = e.scheme, e.host, e.host
	return e.next.RoundTrip(request)
}

// stayOnLoopback makes the client speak to the loopback server alone: its websocket goes there, and for media it trusts
// nobody but the server's CA, so that no genuine host is believed.
func stayOnLoopback(client *whatsmeow.Client, server, ca string) error {
	address, err := url.Parse(server)
	if err != nil || (address.Scheme != "ws" && address.Scheme != "wss") {
		return fmt.Errorf("-server: found %q, expected ws://127.0.0.1:PORT/ws/chat", server)
	}
	scheme := map[string]string{"ws": "http", "wss": "https"}[address.Scheme]
	socket := &http.Client{Transport: elsewhere{scheme, address.Host, http.DefaultTransport}}
	client.SetWebsocketHTTPClient(socket)
	client.SetPreLoginHTTPClient(socket)
	trusted := x509.NewCertPool()
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return err
		}
		if !trusted.AppendCertsFromPEM(pem) {
			return fmt.Errorf("-ca: %s holds no certificate", ca)
		}
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	client.SetMediaHTTPClient(&http.Client{Transport: transport})
	return nil
}
