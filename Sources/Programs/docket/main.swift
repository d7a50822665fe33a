// docket: what an operator sees and decides.

run()
