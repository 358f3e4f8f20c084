// The last few, by name: what comes when there are as many as may be puts away what was put in first. Pure.
export class Recent<V> {
  private readonly all = new Map<string, V>()

  constructor(private readonly most: number) {}

  has = (name: string): boolean => this.all.has(name)
  get = (name: string): V | undefined => this.all.get(name)
  drop = (name: string): boolean => this.all.delete(name)
  clear = (): void => this.all.clear()

  put(name: string, value: V): void {
    this.all.delete(name)
    this.all.set(name, value)
    if (this.all.size > this.most) this.all.delete(this.all.keys().next().value!)
  }
}
