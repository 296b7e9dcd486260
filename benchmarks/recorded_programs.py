"""Programs that recorders are measured with: what learners write, in sizes that can be measured."""

PROGRAMS = {
    "recursion": """
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

print(fib(SIZE))
""",
    "sorting": """
def bubble(a):
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a

seed = 7
data = []
for n in range(SIZE):
    seed = (seed * 1103515245 + 12345) % 2147483648
    data.append(seed % 1000)
print(bubble(data)[:5])
""",
    "classes": """
class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(amount)
        return self.balance

    def transfer(self, other, amount):
        if self.balance < amount:
            return False
        self.balance -= amount
        other.deposit(amount)
        return True

accounts = [Account("owner" + str(n), 100) for n in range(10)]
done = 0
for n in range(SIZE):
    a = accounts[n % 10]
    b = accounts[(n * 7 + 3) % 10]
    if a.transfer(b, n % 13):
        done += 1
print(done)
""",
    "strings": """
text = "the quick brown fox jumps over the lazy dog and runs away from it"

def count(words):
    counts = {}
    for word in words:
        word = word.strip().lower()
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts

lines = 0
for n in range(SIZE):
    words = text.split()
    table = count(words)
    longest = ""
    for word in table:
        if len(word) > len(longest):
            longest = word
    line = "-".join(words[:3]) + f" {longest} {n:04d}"
    lines += line.count("q")
print(lines)
""",
    "closures": """
def make(step):
    total = 0

    def add(n):
        nonlocal total
        total += n * step
        return total

    return add

adders = {}
for k in range(5):
    adders[k] = make(k)
result = 0
for n in range(SIZE):
    add = adders[n % 5]
    result = add(n) % 1000
print(result)
""",
    "generators": """
def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1

def squares(source):
    for n in source:
        if n % 2:
            yield n * n

total = 0
for square in squares(numbers(SIZE)):
    total += square
print(total)
""",
    "matrix": """
def multiply(a, b):
    n = len(a)
    result = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            total = 0
            for k in range(n):
                total += a[i][k] * b[k][j]
            result[i][j] = total
    return result

one = [[i + j for j in range(SIZE)] for i in range(SIZE)]
print(multiply(one, one)[0][:3])
""",
    "linked list": """
class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next

def build(n):
    head = None
    for value in range(n):
        head = Node(value, head)
    return head

def reverse(node):
    previous = None
    while node is not None:
        following = node.next
        node.next = previous
        previous = node
        node = following
    return previous

for _ in range(SIZE):
    node = reverse(build(20))
print(node.value)
""",
}
#: By program: sizes that take a fast recorder some tenths of a second, and a slow one some seconds at most.
LARGE = {
    "recursion": 20,
    "sorting": 200,
    "classes": 8000,
    "strings": 700,
    "closures": 20000,
    "generators": 20000,
    "matrix": 32,
    "linked list": 400,
}
SMALL = {
    "recursion": 12,
    "sorting": 24,
    "classes": 120,
    "strings": 12,
    "closures": 400,
    "generators": 500,
    "matrix": 8,
    "linked list": 6,
}


def source(name: str, size: int) -> str:
    """The text of a program."""
    return PROGRAMS[name].replace("SIZE", str(size))
