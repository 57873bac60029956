package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"strings"

	"connectrpc.com/connect"
	"vpsgateway.test/clients/gen"
)

const (
	pieceBytes  = 32 << 10
	mebibyte    = 1 << 20
	sshPort     = 22
	digestBytes = sha256.Size
)

// tunnel is the connection "c" of a ProxySSH stream.
type tunnel struct {
	stream *connect.BidiStreamForClient[gen.ProxySSHRequest, gen.ProxySSHResponse]
	unread []byte
}

func openTunnel(ctx context.Context, client gen.VPSGatewayServiceClient, target string, port int32) *tunnel {
	t := &tunnel{stream: client.ProxySSH(ctx)}
	must(t.stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "connect", Target: target, Port: port}))
	answer := t.receive()
	expect(answer.Type == "connected", "connect: %v", answer)
	return t
}

func (t *tunnel) receive() *gen.ProxySSHResponse {
	answer, err := t.stream.Receive()
	must(err)
	return answer
}

func (t *tunnel) say(data []byte) {
	must(t.stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "data", Data: data}))
}

// hear waits for that many bytes.
func (t *tunnel) hear(count int) []byte {
	for len(t.unread) < count {
		answer := t.receive()
		expect(answer.Type == "data", "expected data, got %v", answer)
		t.unread = append(t.unread, answer.Data...)
	}
	heard := t.unread[:count]
	t.unread = t.unread[count:]
	return heard
}

// close hangs up, and ends the stream.
func (t *tunnel) close() {
	must(t.stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "close"}))
	must(t.stream.CloseRequest())
	for {
		answer, err := t.stream.Receive()
		if errors.Is(err, io.EOF) {
			must(t.stream.CloseResponse())
			return
		}
		must(err)
		expect(answer.Type == "closed" || answer.Type == "data", "after close: %v", answer)
	}
}

func sshBanner(c *caller) {
	t := openTunnel(c.ctx, c, c.vps, sshPort)
	expect(string(t.hear(8)) == "SSH-2.0-", "no banner")
	t.close()
}

func sshRefused(c *caller) {
	t := openTunnel(c.ctx, c, c.vps, sshPort)
	must(t.stream.Send(&gen.ProxySSHRequest{ConnectionId: "other", Type: "connect", Target: "127.0.0.1"}))
	for {
		answer := t.receive()
		if answer.ConnectionId == "other" {
			expect(answer.Type == "error" && strings.Contains(answer.Error, "not allowed"), "%v", answer)
			break
		}
		t.unread = append(t.unread, answer.Data...)
	}
	expect(string(t.hear(8)) == "SSH-2.0-", "the first connection is gone")
	t.close()
}

func sshSideBySide(c *caller) {
	stream := c.ProxySSH(c.ctx)
	heard := map[string][]byte{"a": nil, "b": nil}
	for id := range heard {
		must(stream.Send(&gen.ProxySSHRequest{ConnectionId: id, Type: "connect", Target: c.vps, Port: c.echoPort}))
	}
	said := map[string][]byte{"a": bytes.Repeat([]byte("a"), mebibyte), "b": bytes.Repeat([]byte("b"), mebibyte)}
	go func() {
		for at := 0; at < mebibyte; at += pieceBytes {
			for id, bytes := range said {
				_ = stream.Send(&gen.ProxySSHRequest{ConnectionId: id, Type: "data", Data: bytes[at : at+pieceBytes]})
			}
		}
		_ = stream.CloseRequest()
	}()
	for closed := 0; closed < len(heard); {
		answer, err := stream.Receive()
		must(err)
		expect(answer.Type != "error", "%v", answer)
		heard[answer.ConnectionId] = append(heard[answer.ConnectionId], answer.Data...)
		if answer.Type == "closed" {
			closed++
		}
	}
	for id := range heard {
		digest := sha256.Sum256(said[id])
		expect(bytes.Equal(heard[id], append(said[id], digest[:]...)), "%s: %d bytes differ", id, len(heard[id]))
	}
}

func ssh100MiB(c *caller) {
	const size = 100 * mebibyte
	t := openTunnel(c.ctx, c, c.vps, c.echoPort)
	sent := make(chan []byte)
	go func() {
		random := rand.NewChaCha8([32]byte{})
		digest := sha256.New()
		piece := make([]byte, pieceBytes)
		for at := 0; at < size; at += len(piece) {
			_, _ = random.Read(piece)
			_, _ = digest.Write(piece)
			// A failure shows at the other end of the stream, where what was heard is too short.
			_ = t.stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "data", Data: piece})
		}
		_ = t.stream.CloseRequest()
		sent <- digest.Sum(nil)
	}()
	heard := sha256.New()
	for at := 0; at < size; at += pieceBytes {
		_, _ = heard.Write(t.hear(pieceBytes))
	}
	vps := t.hear(digestBytes)
	expect(bytes.Equal(heard.Sum(nil), vps), "the VPS heard %x, we heard %x", vps, heard.Sum(nil))
	expect(bytes.Equal(<-sent, vps), "the VPS heard something else than was sent")
	expect(t.receive().Type == "closed", "the VPS's hanging up is not told")
	_, err := t.stream.Receive()
	expect(errors.Is(err, io.EOF), "after the last connection: %v", err)
}

func tooLargeInStream(c *caller) {
	stream := c.ProxySSH(c.ctx)
	// The gateway refuses at the length; the rest may not leave any more.
	_ = stream.Send(&gen.ProxySSHRequest{ConnectionId: "c", Type: "data", Data: make([]byte, overTheLimit)})
	_, err := stream.Receive()
	expectCode(err, connect.CodeResourceExhausted)
	unary(c)
}
