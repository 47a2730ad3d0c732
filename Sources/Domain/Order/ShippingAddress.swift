/// Where an order goes. Personal data: never in a log, an error, a metric or a hold's facts (design 9.8).
package struct ShippingAddress: Sendable, Hashable {
    package var name: String?
    package var firstName: String?
    package var lastName: String?
    package var address1: String?
    package var address2: String?
    /// The list form of the street lines.
    package var address: [String] = []
    package var city: String?
    package var region: String?
    package var state: String?
    package var postalCode: String?
    package var country: String?
    package var phone: String?

    package init() {}
}
