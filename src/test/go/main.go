// The clients of connectrpc.com/connect, as the deployed API uses them, against a real gateway.
//
// Usage: clients CASES PROTOCOL. Does what the file CASES names, one after the other, and prints a line of JSON for each:
// the name, and the failure or "". Environment: GATEWAY_URL, GATEWAY_SECRET, VPS (the target of ProxySSH), VPS_ECHO_PORT
// (where it says back what it hears, then the SHA-256 of it), DNSMASQ_PID (the gateway's, stopped for a moment to hold a call).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
	"vpsgateway.test/clients/gen"
)

const patience = 2 * time.Minute

var cases = map[string]func(*caller){
	"unary":                unary,
	"allocate-and-release": allocateAndRelease,
	"error-details":        errorDetails,
	"field-violations":     fieldViolations,
	"wrong-secret":         wrongSecret,
	"many-at-once":         manyAtOnce,
	"metadata":             metadata,
	"gzip-requests":        gzipRequests,
	"gzip-answers":         gzipAnswers,
	"too-large-unary":      tooLargeUnary,
	"too-large-in-stream":  tooLargeInStream,
	"cancel":               cancelled,
	"cancel-unary":         cancelledUnary,
	"deadline":             deadline,
	"register":             register,
	"register-late":        registerLate,
	"ssh-banner":           sshBanner,
	"ssh-refused":          sshRefused,
	"ssh-side-by-side":     sshSideBySide,
	"ssh-100-mib":          ssh100MiB,
}

var protocols = map[string][]connect.ClientOption{
	"connect":      {},
	"connect-json": {connect.WithProtoJSON()},
	"grpc":         {connect.WithGRPC()},
	"grpc-web":     {connect.WithGRPCWeb()},
}

// caller is one run of one case: a client of its own, and the time that the case has.
type caller struct {
	gen.VPSGatewayServiceClient
	ctx      context.Context
	protocol string
	vps      string
	echoPort int32
}

// with is the same caller with other options and another secret.
func (c *caller) with(secret string, options ...connect.ClientOption) gen.VPSGatewayServiceClient {
	return client(c.protocol, secret, options...)
}

func client(protocol, secret string, options ...connect.ClientOption) gen.VPSGatewayServiceClient {
	var h2c http.Protocols
	h2c.SetUnencryptedHTTP2(true)
	wire := &http.Client{Transport: withSecret{secret, &http.Transport{Protocols: &h2c}}}
	return gen.NewVPSGatewayServiceClient(wire, os.Getenv("GATEWAY_URL"), append(protocols[protocol], options...)...)
}

type withSecret struct {
	secret string
	next   http.RoundTripper
}

func (w withSecret) RoundTrip(request *http.Request) (*http.Response, error) {
	request.Header.Set("x-api-secret", w.secret)
	return w.next.RoundTrip(request)
}

// run gives the failure of a case, which functions below report by panic.
func run(name, protocol string) (failure string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer func() {
		if problem := recover(); problem != nil {
			failure = fmt.Sprint(problem)
		}
	}()
	check := cases[name]
	expect(check != nil, "this client has no case of that name")
	port, err := strconv.Atoi(os.Getenv("VPS_ECHO_PORT"))
	must(err)
	check(&caller{client(protocol, secret()), ctx, protocol, os.Getenv("VPS"), int32(port)})
	return ""
}

func secret() string { return os.Getenv("GATEWAY_SECRET") }

func expect(holds bool, complaint string, values ...any) {
	if !holds {
		panic(fmt.Sprintf(complaint, values...))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	if len(os.Args) != 3 || protocols[os.Args[2]] == nil {
		fmt.Fprintln(os.Stderr, "usage: clients CASES connect|connect-json|grpc|grpc-web")
		os.Exit(64)
	}
	file, err := os.Open(os.Args[1])
	must(err)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) > 0 && words[0] != "#" {
			report(words[0], run(words[0], os.Args[2]))
		}
	}
	must(lines.Err())
}

func report(name, failure string) {
	line, err := json.Marshal(map[string]string{"case": name, "failure": failure})
	must(err)
	fmt.Println(string(line))
}
