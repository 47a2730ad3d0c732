import NIOCore

extension Link {
    /// Does what the fault says; returns when it is over.
    func strike(_ fault: LinkFault) async throws {
        switch fault {
        case .cut: cut()
        case .cutBefore(let requests): addFates(.cutBefore, count: requests)
        case .cutAfter(let requests): addFates(.cutAfter, count: requests)
        case .cutMidway(let requests, let bytes): addFates(.cutAfterBytes(bytes), count: requests)
        case .delayed(let delay, let seconds):
            setDelay(.milliseconds(Int64(delay * 1000)))
            defer { setDelay(nil) }
            try await Task.sleep(for: .seconds(seconds))
        case .blackHole(let seconds):
            setBlackHole(true)
            defer {
                setBlackHole(false)
                cut()
            }
            try await Task.sleep(for: .seconds(seconds))
        }
    }
}
