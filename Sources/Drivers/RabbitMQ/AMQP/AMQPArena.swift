import CRabbitMQ
import FoundationEssentials

/// Memory for the C structures of one call: librabbitmq encodes them before the call returns, then the arena goes.
final class AMQPArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    static func with<Result>(_ body: (AMQPArena) -> Result) -> Result {
        let arena = AMQPArena()
        return withExtendedLifetime(arena) { body(arena) }
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func table(_ table: [String: RabbitMQValue]) -> amqp_table_t {
        let entries = allocate(amqp_table_entry_t.self, table.count)
        for (index, (key, value)) in table.enumerated() {
            entries[index] = amqp_table_entry_t(key: bytes(key), value: field(value))
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    func properties(_ message: OutgoingMessage, publishTag: UInt64) -> amqp_basic_properties_t {
        var properties = amqp_basic_properties_t()
        var flags = AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG
        properties.delivery_mode = UInt8(
            message.persistent ? AMQP_DELIVERY_PERSISTENT.rawValue : AMQP_DELIVERY_NONPERSISTENT.rawValue)
        var headers = message.headers
        headers[AMQPProperties.publishTagHeader] = .int(Int64(clamping: publishTag))
        properties.headers = table(headers)
        if let contentType = message.contentType {
            properties.content_type = bytes(contentType)
            flags |= AMQP_BASIC_CONTENT_TYPE_FLAG
        }
        if let messageID = message.messageID {
            properties.message_id = bytes(messageID)
            flags |= AMQP_BASIC_MESSAGE_ID_FLAG
        }
        if let correlationID = message.correlationID {
            properties.correlation_id = bytes(correlationID)
            flags |= AMQP_BASIC_CORRELATION_ID_FLAG
        }
        if let timestamp = message.timestamp {
            properties.timestamp = timestamp.amqpSeconds
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
        }
        properties._flags = amqp_flags_t(flags)
        return properties
    }

    private func field(_ value: RabbitMQValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        let kind: amqp_field_value_kind_t
        switch value {
        case .string(let text):
            kind = AMQP_FIELD_KIND_UTF8
            field.value.bytes = bytes(text)
        case .bytes(let bytes):
            kind = AMQP_FIELD_KIND_BYTES
            field.value.bytes = bytes.withUnsafeBytes(copy)
        case .int(let number):
            kind = AMQP_FIELD_KIND_I64
            field.value.i64 = number
        case .double(let number):
            kind = AMQP_FIELD_KIND_F64
            field.value.f64 = number
        case .bool(let flag):
            kind = AMQP_FIELD_KIND_BOOLEAN
            field.value.boolean = flag ? 1 : 0
        case .timestamp(let date):
            kind = AMQP_FIELD_KIND_TIMESTAMP
            field.value.u64 = date.amqpSeconds
        case .array(let values):
            kind = AMQP_FIELD_KIND_ARRAY
            let entries = allocate(amqp_field_value_t.self, values.count)
            for (index, value) in values.enumerated() { entries[index] = self.field(value) }
            field.value.array = amqp_array_t(num_entries: Int32(values.count), entries: entries)
        case .table(let table):
            kind = AMQP_FIELD_KIND_TABLE
            field.value.table = self.table(table)
        case .null:
            kind = AMQP_FIELD_KIND_VOID
        }
        field.kind = UInt8(kind.rawValue)
        return field
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard !source.isEmpty else { return amqp_empty_bytes }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
        block.copyMemory(from: source)
        if let base = block.baseAddress { blocks.append(base) }
        return amqp_bytes_t(len: source.count, bytes: block.baseAddress)
    }

    private func allocate<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
        let elements = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        blocks.append(UnsafeMutableRawPointer(elements))
        return elements
    }
}

extension Date {
    /// AMQP timestamps are unsigned seconds.
    fileprivate var amqpSeconds: UInt64 { UInt64(exactly: max(0, timeIntervalSince1970).rounded(.down)) ?? 0 }
}
