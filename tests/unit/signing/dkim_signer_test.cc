// Signing: whatever is signed verifies, and nothing else does.

#include "mailtool/signing/dkim_signer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "message_text.h"
#include "private_keys.h"
#include "signer.h"

namespace mailtool::signing {
namespace {

using test::check_text;
using test::kNow;
using test::must_sign;

constexpr std::string_view kPlain =
    "From: Alice <alice@sender.example>\r\n"
    "To: bob@receiver.example\r\n"
    "Subject: Is  dinner\r\n\t ready?\r\n"
    "Date: Fri, 20 Nov 2026 21:15:04 +0100\r\n"
    "X-Mailer: none\r\n"
    "\r\n"
    "Hi.\r\n\r\nWe lost  the game. \r\n\r\n\r\n";

DkimSigner rsa_signer(DkimSignerOptions options = {}) {
  return test::signer_of({test::rsa_identity()}, options);
}
DkimSigner both_signers(DkimSignerOptions options = {}) {
  return test::signer_of({test::ed25519_identity(), test::rsa_identity()},
                         options);
}

TEST(DkimSigner, EachKeyMakesASignatureThatHolds) {
  const auto signer = both_signers();
  const auto fields = must_sign(signer, kPlain);
  const auto report = check_text(fields + std::string(kPlain), signer);
  ASSERT_EQ(report.results.size(), 2u);
  for (const auto& result : report.results) {
    EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
    EXPECT_EQ(result.alignment, Alignment::exact);
    EXPECT_EQ(result.warnings, std::vector<std::string>{});
    EXPECT_EQ(result.signature.signed_at, kNow);
    EXPECT_EQ(result.signature.expires_at, std::nullopt);
    EXPECT_EQ(result.signature.body_limit, std::nullopt);
    EXPECT_EQ(result.signature.identity, "@sender.example");
  }
  EXPECT_EQ(report.results[0].signature.algorithm_name, "ed25519-sha256");
  EXPECT_EQ(report.results[1].signature.algorithm_name, "rsa-sha256");
}

TEST(DkimSigner, EveryCanonicalizationHolds) {
  for (const auto header :
       {Canonicalization::simple, Canonicalization::relaxed}) {
    for (const auto body :
         {Canonicalization::simple, Canonicalization::relaxed}) {
      const auto signer = both_signers({header, body, {}});
      const auto text = must_sign(signer, kPlain) + std::string(kPlain);
      for (const auto& result : check_text(text, signer).results) {
        EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
        EXPECT_EQ(result.signature.header, header);
        EXPECT_EQ(result.signature.body, body);
      }
    }
  }
}

TEST(DkimSigner, AnExpiryIsSaidAndSigned) {
  const auto signer = rsa_signer({.valid_for = 3600});
  const auto text = must_sign(signer, kPlain) + std::string(kPlain);
  EXPECT_EQ(check_text(text, signer).results[0].signature.expires_at,
            kNow + 3600);
  EXPECT_EQ(check_text(text, signer, kNow + 3700).results[0].verdict,
            Verdict::pass);
  EXPECT_EQ(check_text(text, signer, kNow + 4000).results[0].verdict,
            Verdict::policy);
}

// The message may come in any pieces.
TEST(DkimSigner, PiecesDoNotMatter) {
  const auto signer = test::signer_of({test::ed25519_identity()});
  const auto whole = must_sign(signer, kPlain);
  for (std::size_t size = 1; size < 20; ++size) {
    test::PieceSource pieces(kPlain, size);
    const auto fields = signer.sign(pieces, kNow);
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields, whole) << size;
  }
}

struct Form {
  const char* why;
  std::string text;
};

const std::string kFrom = "From: a@sender.example\r\n";
const Form kForms[] = {
    {"no body, no empty line", kFrom},
    {"no line end at all", "From: a@sender.example"},
    {"empty body", kFrom + "\r\n"},
    {"body of one line end", kFrom + "\r\n\r\n"},
    {"body without final line end", kFrom + "\r\nx"},
    {"trailing empty lines", kFrom + "\r\nx\r\n\r\n\r\n"},
    {"trailing blanks", kFrom + "\r\nx \t\r\n \t\r\n"},
    {"bare CR in the body", kFrom + "\r\nx\ry\r\n\r"},
    {"LF alone", "From: a@sender.example\nTo: b\n c\n\nx\n\ny\n"},
    {"blanks before the colon", "From \t: a@sender.example\r\n\r\nx"},
    {"nothing behind the colon", kFrom + "To:\r\nSubject: \r\n\r\nx"},
    {"fold at once", "From:\r\n a@sender.example\r\n\r\nx"},
    {"fold of blanks alone", kFrom + "Subject: a\r\n \t\r\n b\r\n \r\n\r\nx"},
    {"name in capitals", "FROM: a@sender.example\r\nsubject: b\r\n\r\nx"},
    {"several of a kind",
     kFrom + "To: b\r\nTo: c\r\nTo: d\r\nResent-To: e\r\nResent-To: f\r\n"
             "List-Id: <g>\r\n\r\nx"},
    {"two From", kFrom + "From: b@sender.example\r\n\r\nx"},
    {"octets above 127", kFrom + "Subject: \xc3\xbc \xff\r\n\r\n\xe4\xb8\x80"},
    {"signed before", "DKIM-Signature: v=1; a=b\r\n" + kFrom + "\r\nx"},
    {"colons and semicolons", kFrom + "Subject: a:b; c=d; b=\r\n\r\nx"},
    {"NUL", kFrom + std::string("Subject: a\0b\r\n\r\n\0", 17)},
};

TEST(DkimSigner, EveryFormOfMessageHolds) {
  for (const auto kind :
       {Canonicalization::simple, Canonicalization::relaxed}) {
    const auto signer = both_signers({kind, kind, {}});
    for (const auto& form : kForms) {
      const auto text = must_sign(signer, form.text) + form.text;
      const auto report = check_text(text, signer);
      std::size_t ours = 0;
      for (const auto& result : report.results) {
        if (result.signature.domain.empty()) continue;  // what was there
        ++ours;
        EXPECT_EQ(result.verdict, Verdict::pass)
            << form.why << ": " << result.reason;
      }
      EXPECT_EQ(ours, 2u) << form.why;
    }
  }
}

// Octet by octet; what relaxed forgives is not in this message.
TEST(DkimSigner, EveryChangeOfASignedOctetFails) {
  const std::string message =
      "From: a@sender.example\r\nTo: b\r\nSubject: c\r\n"
      "List-Unsubscribe-Post: d\r\n\r\ne\r\nf\r\n";
  const auto signer = test::signer_of({test::ed25519_identity()});
  const auto fields = must_sign(signer, message);
  ASSERT_EQ(check_text(fields + message, signer).results[0].verdict,
            Verdict::pass);
  for (std::size_t at = 0; at < message.size(); ++at) {
    auto changed = message;
    changed[at] ^= 1;
    const auto result = check_text(fields + changed, signer).results[0];
    EXPECT_NE(result.verdict, Verdict::pass) << at;
  }
}

TEST(DkimSigner, EveryChangeOfTheSignatureFails) {
  const auto signer = test::signer_of({test::ed25519_identity()});
  const auto fields = must_sign(signer, kPlain);
  const auto begin = fields.find("v=1");
  for (std::size_t at = begin; at < fields.size() - 2; ++at) {
    if (is_blank(fields[at]) || fields[at] == '\r' || fields[at] == '\n')
      continue;
    auto changed = fields;
    // Not the case of a letter: that of h=, of d= and of a= is folded.
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    const auto report = check_text(changed + std::string(kPlain), signer);
    ASSERT_EQ(report.results.size(), 1u);
    EXPECT_NE(report.results[0].verdict, Verdict::pass) << at;
  }
}

// RFC 6376 section 8.15.
TEST(DkimSigner, NoFieldCanBeAddedUnseen) {
  const auto signer = rsa_signer();
  const auto fields = must_sign(signer, kPlain);
  for (const auto* name :
       {"From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID",
        "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding"}) {
    const auto added = std::string(name) + ": x@evil.example\r\n";
    const auto above = added + fields + std::string(kPlain);
    EXPECT_EQ(check_text(above, signer).results[0].verdict, Verdict::fail)
        << name;
    auto message = std::string(kPlain);
    message.insert(message.find("X-Mailer"), added);
    EXPECT_EQ(check_text(fields + message, signer).results[0].verdict,
              Verdict::fail)
        << name;
  }
}

// What servers on the way add, and what nobody looks at.
TEST(DkimSigner, FieldsOfTheWayMayBeAdded) {
  const auto signer = rsa_signer();
  const auto text = must_sign(signer, kPlain) + std::string(kPlain);
  for (const auto* name : {"Received", "Return-Path", "Authentication-Results",
                           "X-Spam-Score", "Delivered-To", "List-Id"}) {
    EXPECT_EQ(check_text(std::string(name) + ": x\r\n" + text, signer)
                  .results[0]
                  .verdict,
              Verdict::pass)
        << name;
  }
}

TEST(DkimSigner, LinesFoldAt78) {
  auto long_domain = std::string("sub.");
  while (long_domain.size() < 150) long_domain += "another-level.";
  auto identity = test::rsa_identity();
  identity.domain = long_domain + "sender.example";
  const auto signer = test::signer_of({identity, test::ed25519_identity()});
  const auto fields = must_sign(signer, kPlain);
  ASSERT_TRUE(fields.ends_with("\r\n"));
  EXPECT_EQ(fields.find("\r\n\r\n"), fields.npos);
  std::size_t heads = 0;
  const auto lines = fields.substr(0, fields.size() - 1);
  for (const auto line : split(lines, '\n')) {
    EXPECT_TRUE(line.ends_with('\r'));
    const bool one_word = line.find("d=sub.") != line.npos;
    EXPECT_TRUE(one_word || line.size() - 1 <= 78) << line;
    if (line.starts_with("DKIM-Signature: ")) {
      ++heads;
    } else {
      EXPECT_TRUE(line.starts_with('\t')) << line;
    }
  }
  EXPECT_EQ(heads, 2u) << fields;
}

TEST(DkimSigner, RefusesWhatCannotBeSigned) {
  const auto signer = rsa_signer();
  struct Case {
    const char* why;
    std::string text;
    const char* message;
  };
  std::string many = kFrom;
  for (int i = 0; i < 1000; ++i) many += "Resent-To: b\r\n";
  const Case cases[] = {
      {"empty", "", "DKIM signature: there is no From"},
      {"body alone", "\r\nFrom: a@sender.example\r\n",
       "DKIM signature: there is no From"},
      {"another field", "X-From: a\r\n\r\n",
       "DKIM signature: there is no From"},
      {"no colon", kFrom + "hello\r\n\r\n",
       "DKIM signature: line 2 of the header is no field"},
      {"no name", kFrom + ": hello\r\n\r\n",
       "DKIM signature: line 2 of the header is no field"},
      {"blank in the name", "From alice Fri Nov 20 12:00:00 2026\r\n" + kFrom,
       "DKIM signature: line 1 of the header is no field"},
      {"begins with a fold", " x: y\r\n" + kFrom,
       "DKIM signature: line 1 of the header is no field"},
      {"8 bit in a name", kFrom + "\xc3\xbc: x\r\n",
       "DKIM signature: line 2 of the header is no field"},
      {"too many", many,
       "DKIM signature: more than 1000 fields would have to be signed"},
      {"too large", kFrom + "X: " + std::string(kMaxHeaderToSign, 'x'),
       "DKIM signature: the header has more than 1048576 octets"},
  };
  for (const auto& c : cases) {
    StringSource source(c.text);
    const auto fields = signer.sign(source, kNow);
    ASSERT_FALSE(fields) << c.why;
    EXPECT_EQ(fields.error().kind, ErrorKind::bad_input) << c.why;
    EXPECT_EQ(fields.error().one_line(), c.message) << c.why;
  }
}

TEST(DkimSigner, ALargeHeaderAndBodyHold) {
  const auto signer = rsa_signer();
  auto message = kFrom + "To: ";
  for (int i = 0; i < 2000; ++i) message += "user@receiver.example,\r\n ";
  message += "x\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) message += "A line  of text \r\n\r\n";
  const auto text = must_sign(signer, message) + message;
  EXPECT_EQ(check_text(text, signer).results[0].verdict, Verdict::pass);
}

TEST(DkimSigner, NamesAreChecked) {
  const auto make = [](std::string domain, std::string selector) {
    auto identity = test::ed25519_identity();
    identity.domain = std::move(domain);
    identity.selector = std::move(selector);
    return DkimSigner::make({identity});
  };
  EXPECT_TRUE(make("sender.example", "2026._x-y"));
  for (const auto* bad : {"", ".", "a..b", "a.", "a b", "a;d=b", "a\r\nb: c",
                          "\xc3\xbc.example"}) {
    for (const auto& made : {make(bad, "s"), make("sender.example", bad)}) {
      ASSERT_FALSE(made) << bad;
      EXPECT_EQ(made.error().kind, ErrorKind::config);
      EXPECT_FALSE(has_line_break_or_nul(made.error().one_line()));
    }
  }
  std::string label(60, 'a');
  EXPECT_FALSE(make(label + "." + label + "." + label + ".example", label));
}

TEST(DkimSigner, NumberAndPlacesOfKeysAreChecked) {
  EXPECT_FALSE(DkimSigner::make({}));
  const auto identity = test::ed25519_identity();
  EXPECT_FALSE(DkimSigner::make({11, identity}));
  auto other = identity;
  other.domain = "SENDER.example";
  const auto twice = DkimSigner::make({identity, other});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().one_line(),
            "DKIM: two keys cannot both stand at "
            "ed._domainkey.sender.example");
}

}  // namespace
}  // namespace mailtool::signing
