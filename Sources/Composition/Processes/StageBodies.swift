import Ack
import AsyncHTTPClient
import DSCO
import Domain
import Invoice
import PostgreSQL
import Pull
import Push
import Ship
import StageRunner
import Stock

extension SettingsReader {
    /// Reads the settings of the partners that the stage calls, to say at start what is wrong with them (design 3, who needs what).
    func checkPartners(of stage: Stage) throws(SettingError) {
        if stage != .push {
            _ = try dscoSettings()
            _ = try dscoTiming()
        }
        if stage != .pull {
            _ = try lingXingSettings(secret: try required(.lingXingAppSecret))
            _ = try lingXingTiming()
            _ = try seconds(.lingXingMinimumGap, default: 0.6, allowsZero: true)
        }
    }

    /// What the stage's worker does with a tick.
    func body(of stage: Stage, _ http: HTTPClient, _ pool: PostgresPool) throws(SettingError) -> any StageBody {
        switch stage {
        case .pull:
            return PullBody(try dsco(http, pool: pool))
        case .push:
            let client = try lingXing(http, pool: pool)
            let timing = try lingXingTiming()
            return PushBody(PushStage(client, timing: timing), CancelStage(client, timing: timing), decode: Self.decode)
        case .ack:
            return OrderStageBody(
                AckStage(
                    try dsco(http, pool: pool), try lingXing(http, pool: pool), timing: try dscoTiming(),
                    lingXingSettling: try lingXingTiming().settling), decode: Self.decode)
        case .ship:
            return OrderStageBody(
                ShipStage(
                    try dsco(http, pool: pool), try lingXing(http, pool: pool), timing: try dscoTiming(),
                    lingXingSettling: try lingXingTiming().settling), decode: Self.decode)
        case .invoice:
            return OrderStageBody(
                InvoiceStage(try dsco(http, pool: pool), try lingXing(http, pool: pool), timing: try dscoTiming()),
                decode: Self.decode)
        case .stock:
            return StockBody(try dsco(http, pool: pool), try lingXing(http, pool: pool), timing: try dscoTiming())
        }
    }

    private static var decode: @Sendable ([UInt8]) throws -> Order {
        { payload in try DSCOOrderDecoder.decode(payload) }
    }
}
