import CRabbitMQ
import FoundationEssentials

// Everything librabbitmq hands out lives in its own buffers, which are reused after the frame: these copies are made at once.

extension String {
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    init(_ bytes: amqp_bytes_t) {
        self.init(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    }
}

extension [String: RabbitMQValue] {
    init(_ table: amqp_table_t) {
        self.init(minimumCapacity: Int(table.num_entries))
        for entry in UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries)) {
            self[String(entry.key)] = RabbitMQValue(entry.value)
        }
    }
}

extension RabbitMQValue {
    init(_ field: amqp_field_value_t) {
        let value = field.value
        switch amqp_field_value_kind_t(UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .int(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .int(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .int(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .int(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .int(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .int(value.i64)
        case AMQP_FIELD_KIND_U64: self = .int(Int64(clamping: value.u64))
        case AMQP_FIELD_KIND_F32: self = .double(Double(value.f32))
        case AMQP_FIELD_KIND_F64: self = .double(value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            let scale = repeatElement(10.0, count: Int(value.decimal.decimals)).reduce(1, *)
            self = .double(Double(value.decimal.value) / scale)
        case AMQP_FIELD_KIND_UTF8:
            let bytes = [UInt8](value.bytes)
            self = String(validating: bytes, as: UTF8.self).map(RabbitMQValue.string) ?? .bytes(bytes)
        case AMQP_FIELD_KIND_BYTES: self = .bytes([UInt8](value.bytes))
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(Date(timeIntervalSince1970: TimeInterval(value.u64)))
        case AMQP_FIELD_KIND_ARRAY:
            self = .array(
                UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries)).map(RabbitMQValue.init))
        case AMQP_FIELD_KIND_TABLE: self = .table([String: RabbitMQValue](value.table))
        default: self = .null
        }
    }
}

/// The properties of a message, copied out of librabbitmq's buffers.
struct AMQPProperties: Sendable {
    /// Carries the publisher's delivery tag with each message: a returned message says no more than its content about itself, and among
    /// pipelined messages nothing else in it is certain to be unique. Consumers do not see it.
    static let publishTagHeader = "x-publish-tag"

    var headers: [String: RabbitMQValue] = [:]
    var contentType: String?
    var messageID: String?
    var correlationID: String?
    var timestamp: Date?
    /// The tag under which the message was published; meaningful only for what came back as a return.
    var publishTag: UInt64?

    init(_ properties: amqp_basic_properties_t) {
        func has(_ flag: Int32) -> Bool { properties._flags & amqp_flags_t(flag) != 0 }
        if has(AMQP_BASIC_HEADERS_FLAG) { headers = [String: RabbitMQValue](properties.headers) }
        if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = String(properties.content_type) }
        if has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = String(properties.message_id) }
        if has(AMQP_BASIC_CORRELATION_ID_FLAG) { correlationID = String(properties.correlation_id) }
        if has(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = Date(timeIntervalSince1970: TimeInterval(properties.timestamp)) }
        publishTag = headers.removeValue(forKey: Self.publishTagHeader)?.int.flatMap(UInt64.init(exactly:))
    }
}
