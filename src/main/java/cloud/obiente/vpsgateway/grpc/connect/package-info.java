/**
 * Serves any gRPC service over HTTP: gRPC, gRPC-Web and Connect on one Vert.x router.
 *
 * <p>An HTTP exchange becomes an {@link io.grpc.ServerCall} on the service definitions, with their interceptors and
 * deadlines. Nothing here knows the messages of a particular service, so the package could be a library of its own.
 * State: one {@link cloud.obiente.vpsgateway.grpc.connect.CallLifecycle} per open call, owned by the event loop of its
 * HTTP request.
 */
package cloud.obiente.vpsgateway.grpc.connect;
