/**
 * What operators see: metrics and health. Layer 4. Owns the meters; reads everything else.
 *
 * <p>Names of metrics and checks are interfaces (docs/metrics.md, docs/health.md): a test holds the page against a scrape.
 */
package cloud.obiente.vpsgateway.ops;
