"""The attacker's tests: every address as everybody, every table without a key, every form without its guard."""
