package import PartnerHTTP
package import Pipeline

extension Failure {
    /// A partner's refusal or failure, for an order's row and timeline.
    package init(_ error: PartnerError) {
        self.init(code: error.code ?? error.kind.rawValue, words: error.words ?? "\(error.call) failed")
    }
}
