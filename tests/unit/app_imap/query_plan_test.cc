// Random queries over a small mailbox: what the plan and the local check find
// together is what each condition, taken by its meaning, finds.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "app/imap_query_local.h"
#include "app/imap_query_plan.h"

namespace mailtool::app {
namespace {

constexpr std::int64_t kNow = 1'795'262'400;
constexpr std::int64_t kDay = 86'400;

struct Mail {
  std::uint32_t uid;
  std::vector<std::string> flags;
  std::uint64_t size;
  std::int64_t arrival;
  bool attachment;
  std::string subject;
};

// The zone of the server, in seconds; and what it can do.
struct Server {
  std::int64_t zone = 0;
  QueryServer can;
};

std::int64_t days_of(const imap::Date& date) {
  std::int64_t days = 0;
  for (int year = 1970; year < date.year; ++year) {
    days += year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
  }
  const bool leap =
      date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  constexpr std::array<int, 12> kMonths{31, 28, 31, 30, 31, 30,
                                        31, 31, 30, 31, 30, 31};
  for (int month = 1; month < date.month; ++month) {
    days += kMonths[static_cast<std::size_t>(month - 1)];
    if (month == 2 && leap) ++days;
  }
  return days + date.day - 1;
}

bool has_flag(const Mail& mail, const std::string& flag) {
  return std::find(mail.flags.begin(), mail.flags.end(), flag) !=
         mail.flags.end();
}

// SEARCH as RFC 3501 has it.
bool server_finds(const Server& server, const Mail& mail,
                  const imap::SearchKey& key) {
  using enum imap::SearchKey::Kind;
  const auto child = [&](const imap::SearchKey& one) {
    return server_finds(server, mail, one);
  };
  const auto& below = key.children;
  switch (key.kind) {
    case all: return true;
    case negated: return !child(below.at(0));
    case both: return std::all_of(below.begin(), below.end(), child);
    case either: return std::any_of(below.begin(), below.end(), child);
    case uid: return key.set.contains(mail.uid);
    case word:
      if (key.name == "UNSEEN") return !has_flag(mail, "\\SEEN");
      return has_flag(mail, "\\" + key.name);
    case header:
      return mail.subject.find(key.text) != std::string::npos;
    case string:
      if (key.name == "KEYWORD") return has_flag(mail, key.text);
      return mail.subject.find(key.text) != std::string::npos;
    case number:
      if (key.name == "LARGER") return mail.size > key.number;
      if (key.name == "SMALLER") return mail.size < key.number;
      EXPECT_TRUE(server.can.within);
      // RFC 5032: what is just as old is both.
      if (key.name == "YOUNGER") {
        return kNow - mail.arrival <= static_cast<std::int64_t>(key.number);
      }
      return kNow - mail.arrival >= static_cast<std::int64_t>(key.number);
    case date: {
      const auto day = (mail.arrival + server.zone) / kDay;
      return key.name == "SINCE" ? day >= days_of(key.date)
                                 : day < days_of(key.date);
    }
    default: ADD_FAILURE() << "unexpected key"; return false;
  }
}

// What a query means.
bool is_meant(const Mail& mail, const QueryNode& node) {
  using enum QueryNode::Kind;
  const auto child = [&](const QueryNode& one) { return is_meant(mail, one); };
  const auto& below = node.children;
  switch (node.kind) {
    case all: return true;
    case negated: return !child(below.at(0));
    case both: return std::all_of(below.begin(), below.end(), child);
    case either: return std::any_of(below.begin(), below.end(), child);
    case term: break;
  }
  if (node.term.attachment) return mail.attachment;
  if (node.term.arrival) return node.term.arrival->contain(mail.arrival);
  return server_finds({}, mail, node.term.key);
}

// What FETCH brings: what the plan asked for and nothing else.
imap::FetchData fetched(const Mail& mail, const client::FetchItems& items) {
  imap::FetchData data;
  data.uid = mail.uid;
  if (items.flags) data.flags = mail.flags;
  if (items.size) data.size = mail.size;
  if (items.internal_date) {
    const auto day = mail.arrival / kDay;
    const auto second = mail.arrival % kDay;
    // All of them are of November and December 2026.
    const auto of_november = day - days_of({2026, 11, 1}) + 1;
    const bool december = of_november > 30;
    char text[64];
    std::snprintf(text, sizeof text, "%02d-%s-2026 %02d:%02d:%02d +0000",
                  static_cast<int>(december ? of_november - 30 : of_november),
                  december ? "Dec" : "Nov", static_cast<int>(second / 3600),
                  static_cast<int>(second / 60 % 60),
                  static_cast<int>(second % 60));
    data.internal_date = text;
  }
  if (items.body_structure) {
    imap::BodyPart part;
    part.type = "text";
    part.subtype = "plain";
    if (mail.attachment) part.disposition = "attachment";
    data.body_structure = imap::BodyStructure{{part}};
  }
  if (!items.header_fields.empty()) {
    imap::FetchedSection section;
    section.octets = "Subject: " + mail.subject + "\r\n\r\n";
    data.sections.push_back(section);
  }
  return data;
}

std::set<std::uint32_t> found_by_plan(const std::vector<Mail>& mails,
                                      const Server& server,
                                      const QueryPlan& plan) {
  std::vector<imap::SequenceSet> parts(plan.parts.size());
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    for (const auto& mail : mails) {
      if (server_finds(server, mail, plan.parts[i])) parts[i].add(mail.uid);
    }
  }
  std::set<std::uint32_t> found;
  for (const auto& mail : mails) {
    if (!server_finds(server, mail, plan.candidates)) continue;
    const bool certain =
        !plan.check ||
        (plan.certain && server_finds(server, mail, *plan.certain));
    if (certain ||
        meets(fetched(mail, plan.items), *plan.check, parts) == true) {
      found.insert(mail.uid);
    }
  }
  return found;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int upto(int sides) {
    return static_cast<int>(engine_() % static_cast<unsigned>(sides));
  }

  std::vector<Mail> mails() {
    std::vector<Mail> all;
    for (std::uint32_t uid = 1; uid <= 60; ++uid) {
      Mail mail{
          uid, {},           static_cast<std::uint64_t>(upto(5)) * 1000,
          0,   upto(3) == 0, upto(2) == 0 ? "apple" : "Gr\xc3\xbc\xc3\x9f"};
      // Around the days that are asked for, often on their very edges.
      mail.arrival = kNow - (upto(12) - 5) * kDay +
                     (upto(2) == 0 ? upto(3) - 1 : upto(2 * 86400) - 86400);
      for (const auto* flag : {"\\SEEN", "\\FLAGGED", "work"}) {
        if (upto(2) == 0) mail.flags.emplace_back(flag);
      }
      all.push_back(std::move(mail));
    }
    return all;
  }

  std::string query(int depth) {
    const int kind = upto(depth > 0 ? 7 : 4);
    if (kind < 4) return (upto(4) == 0 ? "-" : "") + leaf();
    if (kind == 4) return "-(" + query(depth - 1) + ")";
    std::string text = "(" + query(depth - 1);
    for (int i = upto(3); i >= 0; --i) {
      text += (kind == 5 ? " or " : " ") + query(depth - 1);
    }
    return text + ")";
  }

 private:
  std::string leaf() {
    static const char* const kLeaves[] = {
        "is:unread",        "is:flagged",
        "kw:work",          "larger:2000",
        "smaller:2000",     "uid:10:30",
        "subject:apple",    "subject:Gr\xc3\xbc\xc3\x9f",
        "has:attachment",   "has:attachment",
        "older:2d",         "newer:3d",
        "since:2026-11-20", "before:2026-11-22",
        "on:2026-11-21",    "header:Subject=Gr\xc3\xbc"};
    return kLeaves[static_cast<std::size_t>(
        upto(static_cast<int>(std::size(kLeaves))))];
  }

  std::mt19937 engine_;
};

TEST(QueryPlan, FindsWhatIsMeantOnEveryServer) {
  Dice dice(20261121);
  QueryClock clock;
  clock.now = kNow;
  int whole = 0;
  for (int round = 0; round < 4000; ++round) {
    const std::int64_t here = (dice.upto(27) - 12) * 3600;
    clock.midnight = [here](const imap::Date& date) {
      return days_of(date) * kDay - here;
    };
    const Server server{
        (dice.upto(27) - 12) * 3600,
        QueryServer{.within = dice.upto(2) == 0, .utf8 = dice.upto(2) == 0}};
    const auto mails = dice.mails();
    const auto text = dice.query(4);
    const auto query = parse_query(text, clock);
    ASSERT_TRUE(query) << text << ": " << query.error().one_line();
    const auto plan = plan_query(*query, server.can);
    ASSERT_TRUE(plan) << text << ": " << plan.error().one_line();
    std::set<std::uint32_t> meant;
    for (const auto& mail : mails) {
      if (is_meant(mail, query->root)) meant.insert(mail.uid);
    }
    ASSERT_EQ(found_by_plan(mails, server, *plan), meant) << text;
    ASSERT_EQ(is_whole_on_server(*query, server.can), !plan->check) << text;
    if (!plan->check) ++whole;
  }
  EXPECT_GT(whole, 100);
  EXPECT_LT(whole, 3900);
}

QueryPlan planned(const Query& query, QueryServer server = {}) {
  auto plan = plan_query(query, server);
  EXPECT_TRUE(plan);
  return plan ? *std::move(plan) : QueryPlan{};
}

Query parsed(std::string_view text) {
  QueryClock clock;
  clock.now = kNow;
  clock.midnight = [](const imap::Date& date) { return days_of(date) * kDay; };
  auto query = parse_query(text, clock);
  EXPECT_TRUE(query) << text;
  return query ? *std::move(query) : Query{};
}

TEST(QueryPlan, WhatIsUnknownMeetsNeitherATermNorItsOpposite) {
  for (const auto* text :
       {"has:attachment", "-has:attachment", "is:read or has:attachment"}) {
    const auto query = parsed(text);
    const auto plan = planned(query);
    imap::FetchData nothing;
    nothing.uid = 7;
    EXPECT_EQ(meets(nothing, *plan.check, {}), std::nullopt) << text;
  }
}

TEST(QueryPlan, OnlyTheEdgesOfDaysAreLookedAt) {
  const auto query = parsed("since:2026-11-10 body:x");
  const auto plan = planned(query);
  ASSERT_TRUE(plan.certain);
  EXPECT_EQ(plan.certain->kind, imap::SearchKey::Kind::date);
  EXPECT_EQ(to_wire(plan.certain->date), "13-Nov-2026");
  EXPECT_TRUE(plan.parts.empty());
  EXPECT_EQ(plan.on_server, std::vector<std::string>{"body:x"});
  EXPECT_EQ(plan.here, std::vector<std::string>{"since:2026-11-10"});
}

TEST(QueryPlan, TextsAreAskedForTogether) {
  const auto query = parsed("body:x or body:y or from:z or has:attachment");
  const auto plan = planned(query);
  ASSERT_EQ(plan.parts.size(), 1u);
  EXPECT_EQ(plan.parts[0].children.size(), 3u);
  // These are the certain ones as well.
  EXPECT_EQ(plan.certain_part, 0u);
}

TEST(QueryPlan, TextsThatOnlyTheServerCanReadNeedUtf8) {
  for (const auto* text :
       {"body:\xc3\xbc", "\xc3\xbc", "text:\xc3\xbc or is:read"}) {
    const auto query = parsed(text);
    EXPECT_TRUE(plan_query(query, {.utf8 = true}));
    const auto plan = plan_query(query, {.utf8 = false});
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error().kind, ErrorKind::unsupported);
  }
  const auto query = parsed("subject:\xc3\xbc");
  const auto plan = plan_query(query, {.utf8 = false});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->items.header_fields, std::vector<std::string>{"SUBJECT"});
}

TEST(QueryPlan, SearchesAreBounded) {
  std::string text;
  for (int i = 0; i < 70; ++i) {
    text += (i > 0 ? " or " : "") + std::string("(has:attachment body:x)");
  }
  const auto query = parsed(text);
  const auto plan = plan_query(query, {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace mailtool::app
