/**
 * Configuration: what the operator wrote becomes validated values, or is refused with every problem at once. Layer 5.
 *
 * <p>The way of a value: environment, system property or {@code application.yaml} → {@link
 * cloud.obiente.vpsgateway.app.config.GatewayConfig} (text) → {@link
 * cloud.obiente.vpsgateway.app.config.SettingsReader} (rules) → {@link
 * cloud.obiente.vpsgateway.app.config.GatewaySettings} (values). Nothing past this package reads a variable. {@link
 * cloud.obiente.vpsgateway.app.config.Variable} is the one list of names, defaults and meanings. Everything here is
 * immutable; nothing here owns a thread.
 */
package cloud.obiente.vpsgateway.app.config;
