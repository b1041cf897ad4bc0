// Whatever servers, messages and damaged states say: 7 bit, bounded lines, one
// header, three parts, nothing that acts on a terminal.
#include <random>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/message_id.h"
#include "unit/app_queue/reports.h"

namespace mailtool::app {
namespace {

using test::a_state;
using test::refused;
using test::Written;

void expect_sound(const Written& written, std::size_t recipients,
                  const std::string& why) {
  SCOPED_TRACE(why);
  std::size_t line = 0;
  char last = '\n';
  bool sound = true;
  for (const char c : written.text) {
    if (is_8bit(c) || c == '\0') sound = false;
    if (c == '\n' && last != '\r') sound = false;
    if (last == '\r' && c != '\n') sound = false;
    line = c == '\n' ? 0 : line + 1;
    if (line > 999) sound = false;
    last = c;
  }
  EXPECT_TRUE(sound) << "an octet or a line that is not 7 bit";
  EXPECT_EQ(last, '\n');
  // The header and the first two parts have no controls at all.
  ASSERT_NE(written.report, nullptr) << "no report found";
  ASSERT_EQ(written.report->groups.size(), recipients + 1);
  EXPECT_FALSE(written.report->defective);
  const auto& parts = written.structure.parts;
  ASSERT_GE(parts.size(), 4u);
  EXPECT_EQ(parts[1].parent, 0u);
  const auto shown =
      std::string_view(written.text)
          .substr(0, static_cast<std::size_t>(parts[2].body.end()));
  for (const char c : shown) {
    if (c == '\r' || c == '\n') continue;
    EXPECT_FALSE(is_control(c)) << int{c};
  }
  std::size_t children = 0;
  for (const auto& part : parts) children += part.parent == 0 ? 1 : 0;
  EXPECT_EQ(children, 3u);
  for (const std::string_view name :
       {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}) {
    std::size_t count = 0;
    for (const auto& field : written.structure.fields) {
      if (field.part == 0 && iequals(written.structure.name(field), name)) {
        ++count;
      }
    }
    EXPECT_EQ(count, 1u) << name;
  }
  EXPECT_EQ(shown.find("\r\nBcc: eve"), shown.npos);
}

std::vector<std::string> nasty_texts() {
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  return {
      "",
      " ",
      "\r\nBcc: eve@evil.example\r\n\r\nbuy",
      "a\nBcc: eve@evil.example",
      "\r\n--report_abcdefghij0123456789--\r\n",
      "\r\n\r\nFinal-Recipient: rfc822;eve@evil.example",
      std::string(100'000, 'x'),
      std::string(3'000, ' ') + "x",
      "\x1b]0;owned\a\x1b[2J",
      "\u202Egnp.exe \u2066 \u2028 \uFEFF",
      "\xff\xfe\x80 half \xc3",
      "=?utf-8?Q?=0D=0ABcc:_eve=40evil.example?=",
      std::string(1'500, '\xc3') + "\xbc",
      "From nobody",
      ".",
      "a b <c@d>, \"e",
      std::string("nul\0in", 6),
      every,
      every + every,
  };
}

TEST(QueueReportHostile, EveryTextInEveryPlace) {
  using Place = std::string& (*)(QueueState&, ReportOrigin&);
  const std::pair<const char*, Place> places[] = {
      {"sender",
       [](QueueState& s, ReportOrigin&) -> std::string& { return s.sender; }},
      {"subject",
       [](QueueState& s, ReportOrigin&) -> std::string& { return s.subject; }},
      {"message-id",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.message_id;
       }},
      {"envelope id",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.envelope_id;
       }},
      {"address",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.recipients[0].address;
       }},
      {"enhanced",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.recipients[0].enhanced;
       }},
      {"said",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.recipients[0].said;
       }},
      {"host",
       [](QueueState& s, ReportOrigin&) -> std::string& {
         return s.recipients[0].host;
       }},
      {"our host",
       [](QueueState&, ReportOrigin& o) -> std::string& { return o.host; }},
      {"our address",
       [](QueueState&, ReportOrigin& o) -> std::string& { return o.from; }},
  };
  for (const auto& [name, place] : places) {
    for (const auto& text : nasty_texts()) {
      for (const auto kind : {ReportKind::failed, ReportKind::delayed}) {
        auto state = a_state();
        auto origin = test::an_origin();
        state.recipients = {refused(), refused("carol@example.com")};
        place(state, origin) = text;
        const Written written(kind, state, test::kMessage, origin);
        expect_sound(written, 2, std::string(name) + ": " + text.substr(0, 40));
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(QueueReportHostile, EveryMessage) {
  auto texts = nasty_texts();
  const auto plain = texts;
  for (const auto& text : plain) {
    texts.push_back("Subject: " + text + "\r\n\r\n" + text);
    texts.push_back("X: " + text);
  }
  texts.push_back("X: " + std::string(500'000, 'y') + "\r\n\r\n");
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "X: long header\r\n";
  texts.push_back(many + "\r\nbody");
  for (const auto& text : texts) {
    for (const auto ret : {smtp::DsnReturn::full, smtp::DsnReturn::headers}) {
      for (const auto body : {smtp::Body::seven_bit, smtp::Body::binary_mime}) {
        auto state = a_state();
        state.recipients = {refused()};
        state.ret = ret;
        state.body = body;
        const Written written(ReportKind::failed, state, text);
        // A boundary that the message knows beforehand is nobody's to guess.
        if (text.find("report_abc") != text.npos) continue;
        expect_sound(written, 1, text.substr(0, 60));
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(QueueReportHostile, RandomOctets) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto text = [&] {
      std::string made(random() % 300, ' ');
      for (auto& c : made) {
        c = random() % 4 == 0 ? "\r\n \t<>@;:=?\\\"\x1b"[random() % 14]
                              : static_cast<char>(random() % 256);
      }
      return made;
    };
    auto state = a_state();
    state.recipients = {refused("a" + text()), refused()};
    state.recipients[0].said = text() + "server said: " + text();
    state.recipients[0].code = static_cast<int>(random() % 700);
    state.subject = text();
    state.sender = "x" + text();
    state.message_id = text();
    const Written written(ReportKind::failed, state, text());
    expect_sound(written, 2, "round " + std::to_string(round));
    if (testing::Test::HasFatalFailure()) return;
  }
}

// What a failing disk or reader says is handed on.
TEST(QueueReportHostile, FailuresOfBothEnds) {
  auto state = a_state();
  state.recipients = {refused()};
  struct Broken : Source {
    Result<std::size_t> read_some(std::span<char>) override {
      return Error{ErrorKind::local_io, "gone"};
    }
  } broken;
  StringSink sink(1 << 20);
  const auto read =
      write_report(ReportKind::failed, state, {&state.recipients[0]},
                   test::an_origin(), broken, sink);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "gone");
  const auto length = Written(ReportKind::failed, state).text.size();
  for (std::size_t room = 0; room < length; room += 7) {
    StringSource source(test::kMessage);
    StringSink small(room);
    EXPECT_FALSE(write_report(ReportKind::failed, state, {&state.recipients[0]},
                              test::an_origin(), source, small));
  }
}

}  // namespace
}  // namespace mailtool::app
