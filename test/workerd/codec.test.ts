// The formats under their contract once more, where they run: the platform's own decoder of UTF-8 and parser of JSON.
import '../contracts/codec.test.ts'
