import Composition

await ConveyorProcess.scheduler.main()
