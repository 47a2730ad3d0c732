import Composition
import Domain

await ConveyorProcess.worker(.ship).main()
