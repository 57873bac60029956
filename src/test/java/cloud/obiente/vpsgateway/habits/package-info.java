/**
 * The habits of the deployed API ({@link cloud.obiente.vpsgateway.lab.api.ApiModel}) against the domain of this gateway, in
 * memory and on a clock that is moved: what a month brings, in seconds.
 */
package cloud.obiente.vpsgateway.habits;
