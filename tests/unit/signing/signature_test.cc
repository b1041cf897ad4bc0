#include "mailtool/signing/signature.h"

#include <gtest/gtest.h>

namespace mailtool::signing {
namespace {

// 32 octets of zero, in base64.
constexpr char kHash[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

std::string whole(std::string_view more = "") {
  return " v=1; a=rsa-sha256; d=d.example; s=sel; h=From; bh=" +
         std::string(kHash) + "; b=YWJj; " + std::string(more);
}

// `text` with the first `from` made `to`.
std::string changed(std::string text, std::string_view from,
                    std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string problem_of(std::string_view value,
                       SignatureKind kind = SignatureKind::dkim) {
  Signature signature;
  const auto problem = read_signature(value, kind, signature);
  if (!problem) return "";
  return std::string(to_string(problem->verdict)) + ": " + problem->reason;
}

TEST(Signature, ReadsEveryTag) {
  Signature read;
  const auto value =
      changed(whole("c=relaxed/simple; i=a b@Sub.D.example; l=12; t=5; x=9; "
                    "q=other:dns/txt; z=From:x; zz=ignored"),
              "h=From", "h=From : tO:\r\n\tX-1");
  ASSERT_FALSE(read_signature(value, SignatureKind::dkim, read));
  EXPECT_EQ(read.algorithm, Algorithm::rsa_sha256);
  EXPECT_EQ(read.domain, "d.example");
  EXPECT_EQ(read.selector, "sel");
  EXPECT_EQ(read.identity, "ab@Sub.D.example");
  EXPECT_EQ(read.header, Canonicalization::relaxed);
  EXPECT_EQ(read.body, Canonicalization::simple);
  EXPECT_EQ(read.fields, (std::vector<std::string>{"from", "to", "x-1"}));
  EXPECT_EQ(read.body_hash, std::string(32, '\0'));
  EXPECT_EQ(read.octets, "abc");
  EXPECT_EQ(read.body_limit, 12u);
  EXPECT_EQ(read.signed_at, 5);
  EXPECT_EQ(read.expires_at, 9);
}

TEST(Signature, HasDefaults) {
  Signature read;
  ASSERT_FALSE(read_signature(whole(), SignatureKind::dkim, read));
  EXPECT_EQ(read.header, Canonicalization::simple);
  EXPECT_EQ(read.body, Canonicalization::simple);
  EXPECT_EQ(read.identity, "@d.example");
  EXPECT_FALSE(read.body_limit || read.signed_at || read.expires_at);
  ASSERT_FALSE(read_signature(whole("c=relaxed"), SignatureKind::dkim, read));
  EXPECT_EQ(read.header, Canonicalization::relaxed);
  EXPECT_EQ(read.body, Canonicalization::simple);
}

TEST(Signature, NamesWhatIsWrong) {
  const struct {
    const char* from;
    const char* to;
    const char* expected;
  } kCases[] = {
      {"v=1;", "", "neutral: the tag v= is missing"},
      {"v=1", "v=2", "neutral: the version is not known"},
      {"v=1", "v=1.0", "neutral: the version is not known"},
      {"v=1;", "v=1;;", "neutral: a tag is empty"},
      {"v=1;", "v=1; v=1;", "neutral: the tag v= stands twice"},
      {"a=rsa-sha256;", "", "neutral: the tag a= is missing"},
      {"a=rsa-sha256", "a=rsa-sha1", "policy: SHA-1 proves nothing any more"},
      {"a=rsa-sha256", "a=rsa-md5", "neutral: the algorithm is not known"},
      {"a=rsa-sha256", "a=", "neutral: the algorithm is not known"},
      {"d=d.example;", "", "neutral: the tag d= is missing"},
      {"d=d.example", "d=d..example", "neutral: the tag d= is malformed"},
      {"d=d.example", "d=.example", "neutral: the tag d= is malformed"},
      {"d=d.example", "d=d.example.", "neutral: the tag d= is malformed"},
      {"d=d.example", "d=d/example", "neutral: the tag d= is malformed"},
      {"d=d.example", "d=d example", "neutral: the tag d= is malformed"},
      {"s=sel;", "", "neutral: the tag s= is missing"},
      {"s=sel", "s=", "neutral: the tag s= is malformed"},
      {"s=sel", "s=a*b", "neutral: the tag s= is malformed"},
      {"h=From;", "", "neutral: the tag h= is missing"},
      {"h=From", "h=", "neutral: the tag h= is malformed"},
      {"h=From", "h=From::To", "neutral: the tag h= is malformed"},
      {"h=From", "h=Fr om", "neutral: the tag h= is malformed"},
      {"h=From", "h=To", "permerror: From is not signed"},
      {"h=From", "h=From:X-\xc3\xbc", "neutral: the tag h= is malformed"},
      {"b=YWJj", "b=", "neutral: the tag b= is not in base64"},
      {"b=YWJj", "b=*", "neutral: the tag b= is not in base64"},
      {"b=YWJj;", "", "neutral: the tag b= is missing"},
      {"bh=AAAA", "bh=", "neutral: the tag bh= is no SHA-256 hash"},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(problem_of(changed(whole(), c.from, c.to)), c.expected) << c.to;
}

TEST(Signature, NamesWhatIsWrongInOptionalTags) {
  const struct {
    const char* more;
    const char* expected;
  } kCases[] = {
      {"c=nowsp", "neutral: the canonicalization is not known"},
      {"c=simple/", "neutral: the canonicalization is not known"},
      {"c=relaxed/relaxed/simple",
       "neutral: the canonicalization is not known"},
      {"i=a@other.example", "neutral: i= is not below d="},
      {"i=a@xd.example", "neutral: i= is not below d="},
      {"i=a@example", "neutral: i= is not below d="},
      {"i=nobody", "neutral: the tag i= is malformed"},
      {"i=a@", "neutral: the tag i= is malformed"},
      {"l=-1", "neutral: the tag l= is malformed"},
      {"l=", "neutral: the tag l= is malformed"},
      {"l=1 2", "neutral: the tag l= is malformed"},
      {"t=now", "neutral: the tag t= is malformed"},
      {"t=1234567890123", "neutral: the tag t= is malformed"},
      {"x=0x5", "neutral: the tag x= is malformed"},
      {"t=5; x=5", "neutral: it expires before it was made"},
      {"q=http", "neutral: the key is not to be asked for in DNS"},
      {"i=@d.example", ""},
      {"i=\"a@b\"@sub.d.EXAMPLE", ""},
      {"l=99999999999999999999999999", ""},
      {"c=SIMPLE/Relaxed", ""},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(problem_of(whole(c.more)), c.expected) << c.more;
}

TEST(Signature, KeepsItsNameWhenItCannotBeUsed) {
  Signature read;
  ASSERT_TRUE(read_signature(changed(whole(), "rsa-sha256", "rsa-sha1"),
                             SignatureKind::dkim, read));
  EXPECT_EQ(read.domain, "d.example");
  EXPECT_EQ(read.selector, "sel");
  EXPECT_EQ(read.algorithm_name, "rsa-sha1");
}

TEST(Signature, HasALimitOfNames) {
  std::string names = "h=From";
  for (std::size_t i = 0; i < kMaxSignedFields; ++i) names += ":x";
  EXPECT_EQ(problem_of(changed(whole(), "h=From", names)),
            "neutral: the tag h= names too many fields");
}

TEST(Signature, IsSignedWithoutItself) {
  const struct {
    const char* value;
    const char* expected;
  } kCases[] = {
      {"b= YW\r\n Jj ; v=1", "b=; v=1"},
      {"bh=x; b=YWJj", "bh=x; b="},
      {"bh=x; b = YWJj \t", "bh=x; b ="},
  };
  for (const auto& c : kCases) {
    Signature read;
    const auto text =
        changed(c.value, "b", "a=rsa-sha256; d=d; s=s; i=1; cv=none; b");
    (void)read_signature(text, SignatureKind::arc_seal, read);
    ASSERT_GT(read.b_begin, 0u) << c.value;
    EXPECT_TRUE(without_signature(text, read).ends_with(c.expected))
        << without_signature(text, read);
  }
}

TEST(Signature, OfArcHasAnInstance) {
  const auto ams = changed(whole(), "v=1", "i=3");
  constexpr auto kMessage = SignatureKind::arc_message;
  Signature read;
  ASSERT_FALSE(read_signature(ams, kMessage, read));
  EXPECT_EQ(read.instance, 3u);
  for (const auto* bad : {"i=0", "i=51", "i=x", "i=001", "i="}) {
    EXPECT_EQ(problem_of(changed(ams, "i=3", bad), kMessage),
              "neutral: the tag i= is malformed");
  }
  EXPECT_EQ(problem_of(whole(), kMessage), "neutral: the tag i= is missing");
  EXPECT_EQ(problem_of(changed(ams, "h=From", "h=From:ARC-Seal"), kMessage),
            "neutral: h= may not name ARC-Seal");
}

TEST(Signature, OfASealHasAChain) {
  const std::string seal =
      "i=1; a=rsa-sha256; cv=none; d=d.example; s=sel; b=YWJj";
  constexpr auto kSeal = SignatureKind::arc_seal;
  EXPECT_EQ(problem_of(seal, kSeal), "");
  EXPECT_EQ(problem_of(changed(seal, "cv=none", "cv=maybe"), kSeal),
            "neutral: the tag cv= is malformed");
  EXPECT_EQ(problem_of(changed(seal, "cv=none;", ""), kSeal),
            "neutral: the tag cv= is missing");
  EXPECT_EQ(problem_of(seal + "; h=From", kSeal),
            "neutral: a seal may have no h=");
}

}  // namespace
}  // namespace mailtool::signing
