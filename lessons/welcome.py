"""A small pond to look into: there is something to see at every stage."""


class Fish:
    def __init__(self, name, speed):
        self.name, self.speed = name, speed

    def swim(self, seconds):
        water = "~" * (self.speed * seconds)
        return f"{water}><> {self.name}"


pond = [Fish(name, speed=len(name)) for name in ("Ada", "Guido")]
for fish in pond:
    print(fish.swim(seconds=2))
print(f"{sum(fish.speed for fish in pond)} letters swam by")
