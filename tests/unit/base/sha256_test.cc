#include "mailtool/base/sha256.h"

#include <gtest/gtest.h>

namespace mailtool {
namespace {

struct Case {
  const char* why;
  std::string octets;
  const char* digest;
};

// FIPS 180-2 appendix B.
const Case kCases[] = {
    {"empty", "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"one block", "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a million octets", std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, KnownAnswers) {
  for (const auto& c : kCases)
    EXPECT_EQ(hex(sha256(c.octets)), c.digest) << c.why;
}

TEST(Sha256, AnySplitGivesTheSameDigest) {
  const std::string text(200, 'q');
  for (std::size_t at = 0; at <= text.size(); ++at) {
    Sha256 hash;
    hash.update(std::string_view(text).substr(0, at));
    hash.update(std::string_view(text).substr(at));
    EXPECT_EQ(hash.finish(), sha256(text)) << at;
  }
}

TEST(Sha256, InstructionsAndPortableCodeAgree) {
  std::string text;
  for (std::size_t size = 0; size < 400; ++size) {
    Sha256 fast;
    Sha256 portable;
    portable.use_portable_code();
    fast.update(text);
    portable.update(text);
    EXPECT_EQ(fast.finish(), portable.finish()) << size;
    text += static_cast<char>(size * 37 + size / 7);
  }
}

}  // namespace
}  // namespace mailtool
