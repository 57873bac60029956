package main

import (
	"context"
	"errors"
	"io"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"vpsgateway.test/clients/gen"
)

type link = connect.BidiStreamForClient[gen.GatewayMessage, gen.GatewayMessage]

func register(c *caller) {
	stream := c.RegisterGateway(c.ctx)
	must(stream.Send(&gen.GatewayMessage{Type: "register", Registration: &gen.GatewayRegistration{
		GatewayId: "node-1", Version: "1", GatewayIp: "http://127.0.0.1:1537", GatewayIpDhcp: "go-" + c.protocol}}))
	self := await(stream, "registered").Registration
	expect(self.DhcpPoolStart != "", "registered: %v", self)

	request, err := proto.Marshal(&gen.ListIPsRequest{})
	must(err)
	must(stream.Send(&gen.GatewayMessage{Type: "request",
		Request: &gen.GatewayRequest{RequestId: "r1", Method: "ListIPs", Payload: request}}))
	answer := await(stream, "response").Response
	expect(answer.RequestId == "r1" && answer.Success, "response: %v", answer)
	var list gen.ListIPsResponse
	must(proto.Unmarshal(answer.Payload, &list))

	must(stream.Send(&gen.GatewayMessage{Type: "request", Request: &gen.GatewayRequest{RequestId: "r2", Method: "None"}}))
	answer = await(stream, "response").Response
	expect(answer.RequestId == "r2" && !answer.Success && answer.Error != "", "response: %v", answer)

	must(stream.Send(&gen.GatewayMessage{Type: "sync_allocations", SyncAllocations: desired(&list)}))
	result := await(stream, "sync_result").SyncResult
	expect(result.Success && result.Added == 0 && result.Removed == 0, "sync_result: %v", result)

	must(stream.CloseRequest())
	expectEnd(stream)
}

func registerLate(c *caller) {
	stream := c.RegisterGateway(c.ctx)
	must(stream.Send(&gen.GatewayMessage{Type: "heartbeat"}))
	_, err := stream.Receive()
	refused := expectCode(err, connect.CodeInvalidArgument)
	expect(detail[*gen.ErrorInfo](refused).Reason == "LINK_MALFORMED", "%v", refused)
}

func cancelled(c *caller) {
	ctx, cancel := context.WithCancel(c.ctx)
	t := openTunnel(ctx, c, c.vps, c.echoPort)
	cancel()
	_, err := t.stream.Receive()
	expectCode(err, connect.CodeCanceled)
}

func deadline(c *caller) {
	ctx, cancel := context.WithTimeout(c.ctx, 2*time.Second)
	defer cancel()
	stream := c.ProxySSH(ctx)
	// Whether the connection is there before the time is up is chance.
	_ = stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "connect", Target: c.vps, Port: c.echoPort})
	var err error
	for err == nil {
		_, err = stream.Receive()
	}
	expectCode(err, connect.CodeDeadlineExceeded)
}

// await is the next message of that type; heartbeats may come at any time.
func await(stream *link, kind string) *gen.GatewayMessage {
	for {
		message, err := stream.Receive()
		must(err)
		if message.Type == kind {
			return message
		}
		expect(message.Type == "heartbeat" || message.Type == "metrics", "expected %s, got %v", kind, message)
	}
}

func expectEnd(stream *link) {
	_, err := stream.Receive()
	expect(errors.Is(err, io.EOF), "expected the end, got %v", err)
	must(stream.CloseResponse())
}

// desired is the list that changes nothing.
func desired(list *gen.ListIPsResponse) *gen.SyncAllocationsRequest {
	wanted := &gen.SyncAllocationsRequest{}
	for _, held := range list.Allocations {
		wanted.Allocations = append(wanted.Allocations, &gen.DesiredAllocation{VpsId: held.VpsId,
			OrganizationId: held.OrganizationId, IpAddress: held.IpAddress, MacAddress: held.MacAddress})
	}
	return wanted
}
