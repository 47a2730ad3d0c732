package import DSCO

/// A DSCO without limits.
package struct UnlimitedCalls: CallLimiter {
    package init() {}

    package func acquire(_ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) {}
}
