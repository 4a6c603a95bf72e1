/** A small project whose tests hand things to one another in most of the ways there are: caches, fixtures of a session, registries, modules that are loaded late. */
export const shop: { readonly [path: string]: string } = {
  'params.json': '{"most": 7}',
  'src/shop/__init__.py': 'from .prices import price\n\nVERSION = 3\n',
  'src/shop/rates.py': 'FACTORS = {"a": 1, "b": 2}\n\n\ndef rate(name):\n    return 2.0 * FACTORS[name]\n\n\ndef never():\n    return 1\n',
  'src/shop/prices.py': `import functools

from . import limits
from .rates import rate


@functools.lru_cache
def table():
    return {"a": rate("a")}


def price(count):
    return min(table()["a"] * count, limits.MOST)


def other(count):
    return count
`,
  'src/shop/limits.py': 'import json\n\nMOST = 100 + json.loads("1")\nLEAST = 2\n',
  'src/shop/texts.py': `LONGEST = 5


def words(text):
    return [word[:LONGEST] for word in text.split()]


def count(text):
    return len(words(text))
`,
  'src/shop/registry.py': `MAKERS = {}


def maker(name):
    def note(function):
        MAKERS[name] = function
        return function

    return note


def make(name):
    return MAKERS[name]()
`,
  'src/shop/makers.py': `from shop.registry import maker


@maker("one")
def one():
    return 1


@maker("two")
def two():
    return one() + 1
`,
  'src/shop/late.py': `def doubled(count):
    return count * 2


SIZE = doubled(4)
`,
  'src/shop/model.py': `from shop.prices import price
from shop.rates import rate


class Model:
    bias = 1

    def __init__(self, weight):
        self.weight = weight

    def predict(self, count):
        return self.weight * count + self.bias


_kept = None


def kept():
    global _kept
    if _kept is None:
        _kept = Model(rate("b"))
    return _kept


def train():
    return Model(price(3))


def closed(model):
    return model.weight > 0
`,
  'src/tool.py': 'import sys\n\nsys.path.insert(0, "src")\nfrom shop.texts import count\n\nprint(count("a b c") + 1)\n',
  'tests/conftest.py': `import sys

import pytest

sys.path.insert(0, "src")
from shop import texts


@pytest.fixture(scope="session")
def counted():
    return texts.count("a b c")


@pytest.fixture(scope="session")
def model():
    from shop.model import closed, train

    made = train()
    yield made
    assert closed(made)
`,
  'tests/test_shop.py': `import subprocess
import sys

import pytest

from shop import prices, texts


def test_price():
    assert prices.price(2) == 4


def test_price_again():
    assert prices.price(1) == 2


@pytest.mark.parametrize("text, size", [("a b", 2), ("", 0)])
def test_count(text, size):
    assert texts.count(text) == size


def test_words():
    assert texts.words("abcd ef") == ["abcd", "ef"]


def test_other():
    assert prices.other(1) == 1


def test_model(model):
    assert model.predict(1) == 7


def test_model_again(model):
    assert model.weight == 6


def test_process():
    done = subprocess.run([sys.executable, "src/tool.py"], capture_output=True, text=True)
    assert done.stdout == "4\\n"
`,
  'tests/test_makers.py': `import unittest

import shop.makers
from shop import registry


class TestMakers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = registry.make("two")

    def test_made(self):
        self.assertEqual(self.made, 2)

    def test_names(self):
        self.assertEqual(sorted(registry.MAKERS), ["one", "two"])
`,
  'tests/test_late.py': `def test_late():
    from shop.late import doubled

    assert doubled(1) == 2


def test_late_size():
    from shop.late import SIZE

    assert SIZE == 8


def test_source():
    with open("src/shop/limits.py") as file:
        assert "LEAST" in file.read()
`,
  'tests/test_kept.py': `from shop.model import Model, kept

_seen = {}


def weight():
    if "weight" not in _seen:
        _seen["weight"] = kept().weight
    return _seen["weight"]


def test_kept():
    assert kept().weight == 4


def test_kept_again():
    assert kept().predict(1) == 5


def test_weight():
    assert weight() == 4


def test_bias():
    assert Model.bias == 1
`,
  'tests/test_counted.py':
    'def test_counted(counted):\n    assert counted == 3\n\n\ndef test_counted_again(counted):\n    assert counted + 1 == 4\n',
  'tests/test_alone.py': 'def test_alone():\n    assert 1 + 1 == 2\n',
};
