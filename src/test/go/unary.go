package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"vpsgateway.test/clients/gen"
)

const overTheLimit = 5 << 20

func unary(c *caller) {
	info, err := c.GetGatewayInfo(c.ctx, connect.NewRequest(&gen.GetGatewayInfoRequest{}))
	must(err)
	expect(info.Msg.GatewayIp == "10.15.3.1", "the gateway says %v", info.Msg)
}

func allocateAndRelease(c *caller) {
	request := &gen.AllocateIPRequest{VpsId: "vps-go-" + c.protocol, OrganizationId: "org-1", MacAddress: "02:00:00:00:01:01"}
	given, err := c.AllocateIP(c.ctx, connect.NewRequest(request))
	must(err)
	again, err := c.AllocateIP(c.ctx, connect.NewRequest(request))
	must(err)
	expect(given.Msg.IpAddress == again.Msg.IpAddress, "first %v, then %v", given.Msg, again.Msg)
	listed, err := c.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{VpsId: request.VpsId}))
	must(err)
	expect(len(listed.Msg.Allocations) == 1 && listed.Msg.Allocations[0].IpAddress == given.Msg.IpAddress &&
		listed.Msg.Allocations[0].AllocatedAt.IsValid(), "listed: %v", listed.Msg)
	released, err := c.ReleaseIP(c.ctx, connect.NewRequest(&gen.ReleaseIPRequest{VpsId: request.VpsId}))
	must(err)
	expect(released.Msg.Success, "released: %v", released.Msg)
}

func errorDetails(c *caller) {
	_, err := c.ReleaseIP(c.ctx, connect.NewRequest(&gen.ReleaseIPRequest{VpsId: "vps-none"}))
	refused := expectCode(err, connect.CodeNotFound)
	expect(strings.Contains(refused.Message(), "vps-none"), "message: %s", refused.Message())
	info := detail[*gen.ErrorInfo](refused)
	expect(info.Reason == "NOT_FOUND" && info.Domain == "vps-gateway" && info.Metadata["vps"] == "vps-none",
		"ErrorInfo: %v", info)
}

func fieldViolations(c *caller) {
	request := &gen.AllocateIPRequest{VpsId: "not a name", MacAddress: "not a card"}
	_, err := c.AllocateIP(c.ctx, connect.NewRequest(request))
	refused := expectCode(err, connect.CodeInvalidArgument)
	bad := detail[*gen.BadRequest](refused)
	expect(len(bad.FieldViolations) == 2, "BadRequest: %v", bad)
}

func wrongSecret(c *caller) {
	stranger := c.with("not-the-secret")
	_, err := stranger.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{}))
	refused := expectCode(err, connect.CodeUnauthenticated)
	expect(detail[*gen.ErrorInfo](refused).Reason == "BAD_SECRET", "%v", refused)

	stream := stranger.ProxySSH(c.ctx)
	// Whether the first message still leaves is chance; the answer tells why it is of no use.
	_ = stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "connect", Target: c.vps})
	_, err = stream.Receive()
	expectCode(err, connect.CodeUnauthenticated)
}

func manyAtOnce(c *caller) {
	var calls sync.WaitGroup
	failures := make(chan error, 200)
	for range cap(failures) {
		calls.Go(func() {
			_, err := c.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{}))
			failures <- err
		})
	}
	calls.Wait()
	close(failures)
	for err := range failures {
		must(err)
	}
}

func metadata(c *caller) {
	request := connect.NewRequest(&gen.ListIPsRequest{})
	request.Header().Set("x-trace", "a, b; c")
	request.Header().Set("x-trace-bin", connect.EncodeBinaryHeader([]byte{0, 1, 0xfe, 0xff}))
	answer, err := c.ListIPs(c.ctx, request)
	must(err)
	expect(answer.Header().Get("x-api-secret") == "" && answer.Trailer().Get("x-api-secret") == "",
		"the secret came back")
}

func gzipRequests(c *caller) {
	compressed := c.with(secret(), connect.WithSendGzip())
	_, err := compressed.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{VpsId: strings.Repeat("a", 60)}))
	must(err)
	heard := bytes.Repeat([]byte("again "), 10000)
	t := openTunnel(c.ctx, compressed, c.vps, c.echoPort)
	t.say(heard)
	expect(bytes.Equal(t.hear(len(heard)), heard), "the echo differs")
	t.close()
}

func gzipAnswers(c *caller) {
	packed := holders(c.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{})))
	plain := holders(c.with(secret(), connect.WithAcceptCompression("gzip", nil, nil)).
		ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{})))
	expect(len(packed) >= 200, "only %d allocations", len(packed))
	expect(maps.Equal(packed, plain), "with gzip %v, without %v", packed, plain)
}

// holders has the VPS of each address.
func holders(list *connect.Response[gen.ListIPsResponse], err error) map[string]string {
	must(err)
	holders := map[string]string{}
	for _, held := range list.Msg.Allocations {
		holders[held.IpAddress] = held.VpsId
	}
	return holders
}

func tooLargeUnary(c *caller) {
	request := &gen.ListIPsRequest{VpsId: strings.Repeat("a", overTheLimit)}
	_, err := c.ListIPs(c.ctx, connect.NewRequest(request))
	expectCode(err, connect.CodeResourceExhausted)
	unary(c)
}

// cancelledUnary stops dnsmasq, whose confirmation an allocation waits for. The list tells when it is waiting.
func cancelledUnary(c *caller) {
	request := &gen.AllocateIPRequest{VpsId: "vps-go-held-" + c.protocol, MacAddress: "02:00:00:00:01:03"}
	dnsmasq, err := strconv.Atoi(os.Getenv("DNSMASQ_PID"))
	must(err)
	must(syscall.Kill(dnsmasq, syscall.SIGSTOP))
	defer syscall.Kill(dnsmasq, syscall.SIGCONT)
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := c.AllocateIP(ctx, connect.NewRequest(request))
		ended <- err
	}()
	decided := map[string]string{}
	for len(decided) == 0 {
		decided = holders(c.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{VpsId: request.VpsId})))
	}
	cancel()
	expectCode(<-ended, connect.CodeCanceled)
	// On the same connection: when this is answered, the gateway has heard of the end before the held call could be.
	holders(c.ListIPs(c.ctx, connect.NewRequest(&gen.ListIPsRequest{VpsId: request.VpsId})))

	must(syscall.Kill(dnsmasq, syscall.SIGCONT))
	again, err := c.AllocateIP(c.ctx, connect.NewRequest(request))
	must(err)
	expect(decided[again.Msg.IpAddress] == request.VpsId, "decided %v, now %v", decided, again.Msg)
	_, err = c.ReleaseIP(c.ctx, connect.NewRequest(&gen.ReleaseIPRequest{VpsId: request.VpsId}))
	must(err)
}

func expectCode(err error, code connect.Code) *connect.Error {
	var refused *connect.Error
	expect(errors.As(err, &refused) && refused.Code() == code, "expected %v, got %v", code, err)
	return refused
}

// detail is the error's detail of that type.
func detail[T proto.Message](refused *connect.Error) T {
	for _, each := range refused.Details() {
		value, err := each.Value()
		must(err)
		if wanted, ok := value.(T); ok {
			return wanted
		}
	}
	panic(fmt.Sprintf("%v has no such detail", refused))
}
