import FoundationEssentials

/// Result lists that are read page by page.
///
/// The id stays the same and the partner keeps the place (DSCO contract 3.1): a page whose answer got lost is gone, and the
/// list must be asked for anew.
struct Scrolls<Element: Sendable>: Sendable {
    private struct Scroll {
        var rest: ArraySlice<Element>
        let page: Int
        var expires: Date
    }

    private var open: [String: Scroll] = [:]

    mutating func begin(_ id: String, _ elements: [Element], page: Int, life: Double, now: Date) -> [Element] {
        if open.count > 1000 { open = open.filter { $0.value.expires > now } }
        open[id] = Scroll(rest: elements[...], page: page, expires: now.addingTimeInterval(life))
        return next(id, life: life, now: now) ?? []
    }

    /// The next page, empty at the end; nil when there is no such list any more.
    mutating func next(_ id: String, life: Double, now: Date) -> [Element]? {
        guard var scroll = open[id], scroll.expires > now else {
            open[id] = nil
            return nil
        }
        let page = Array(scroll.rest.prefix(scroll.page))
        // At the end the slice lets go of the whole list; the id lives on.
        scroll.rest = page.count < scroll.rest.count ? scroll.rest.dropFirst(scroll.page) : []
        scroll.expires = now.addingTimeInterval(life)
        open[id] = scroll
        return page
    }
}
