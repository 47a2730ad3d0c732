import Composition
import Domain

await ConveyorProcess.worker(.ack).main()
