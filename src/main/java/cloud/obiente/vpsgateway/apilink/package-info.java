/**
 * The API instances that are connected to this gateway, what they ask over their links, and what they are asked. Layer 3;
 * may use the messages of the link.
 *
 * <p>{@link cloud.obiente.vpsgateway.apilink.ApiLinkRegistry} owns every link, {@link
 * cloud.obiente.vpsgateway.apilink.MacInquiries} what is asked over them and what was said, {@link
 * cloud.obiente.vpsgateway.apilink.MacResolver} gives NICs their address by that. All of it lives on one thread, {@code
 * api-links}, and never waits on it. What a link asks for is done by layer 4, behind {@link
 * cloud.obiente.vpsgateway.apilink.UnaryCalls}; the stream itself is a {@link cloud.obiente.vpsgateway.apilink.LinkTransport}.
 */
package cloud.obiente.vpsgateway.apilink;
