import Composition
import Domain

await ConveyorProcess.worker(.pull).main()
