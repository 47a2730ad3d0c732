/// What a stage does with one order, decided without I/O.
package enum Decision<Effect: Sendable & Hashable>: Sendable, Hashable {
    /// Nothing is left to send: the partner already has what this stage would do. `note` says so for the timeline.
    case advance(note: String)
    /// These effects are to happen at the partner; the status advances when the last of them is confirmed.
    case send([Effect])
    /// A partner is not ready yet. Not a failure.
    case wait(WaitReason)
    /// A person is needed.
    case hold(Hold)
}

/// One change at a partner, as the ledger keeps it.
package protocol PartnerEffect: LedgerValue, Sendable, Hashable {
    /// The dedupe key within (stage, order), design 7: `create`, `ack`, the tracking number, `order` or the outbound number.
    var key: String { get }
}
