"""`make bench`: every measurement, one after the other."""
from tests.bench import cfdi

if __name__ == "__main__":
    cfdi.main()
