/** What `begin` of a step's context throws when the step is not to be run after all: the run is stopping, or another one has made its result. */
export class NotBegun extends Error {
  constructor() {
    super('The step is not begun');
    this.name = 'NotBegun';
  }
}
