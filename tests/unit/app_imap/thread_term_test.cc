// thread: in a query, and the threads that are made here of what FETCH brings.

#include "app/imap_thread_term.h"

#include <gtest/gtest.h>

#include "app/imap_query_local.h"
#include "app/imap_query_plan.h"
#include "app/imap_thread.h"

namespace mailtool::app {
namespace {

Query parsed(const char* text) {
  QueryClock clock;
  clock.now = 1'795'262'400;
  clock.midnight = [](const imap::Date&) { return std::int64_t{0}; };
  auto query = parse_query(text, clock);
  EXPECT_TRUE(query) << text << ": " << query.error().one_line();
  return query ? *std::move(query) : Query{};
}

imap::SearchKey uid_key(const char* set) {
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::uid;
  key.set = imap::parse_sequence_set(set).value();
  return key;
}

std::string wire(const imap::SearchKey& key) {
  imap::CommandBuilder builder("X");
  append_search_key(builder, key);
  const auto command = builder.build();
  const auto line = to_wire(*command, imap::LiteralMode::all_at_once);
  return line.substr(2, line.size() - 4);
}

TEST(ThreadTerm, WhatItNames) {
  const auto by_uid = parsed("thread:4711,2:5");
  EXPECT_EQ(wire(by_uid.root.term.thread.value()), "UID 2:5,4711");
  EXPECT_EQ(by_uid.root.term.words, "thread:4711,2:5");
  const auto by_id = parsed("thread:<1@crepes.example>");
  EXPECT_EQ(wire(by_id.root.term.thread.value()),
            "HEADER Message-ID <1@crepes.example>");
  // Whole, lest it is found as a part of others.
  EXPECT_EQ(wire(parsed("thread:1@crepes.example").root.term.thread.value()),
            "HEADER Message-ID <1@crepes.example>");
  for (const auto* text :
       {"thread:", "thread:x", "thread:0", "thread:ü@x", "thread:@", "thread:@x",
        "thread:1@", "thread:<1@x", "thread:1@x>", "thread:<1@x>,<2@x>",
        "thread:1@x,2@x", "thread:\"1@x 2\"", "thread:<1@x><2@x>"}) {
    EXPECT_FALSE(parse_query(text, {})) << text;
  }
}

TEST(ThreadTerm, IsLookedUpFirst) {
  const auto query = parsed("-(thread:4 or is:read) (thread:1@x has:attachment)");
  EXPECT_TRUE(names_threads(query));
  EXPECT_FALSE(names_threads(parsed("uid:4 or is:read")));
  EXPECT_FALSE(is_whole_on_server(parsed("thread:4"), {}));
  const auto early = plan_query(parsed("thread:4"), {});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::internal);

  const auto known = with_threads(query, {uid_key("4:6"), uid_key("1")});
  EXPECT_FALSE(names_threads(known));
  const auto plan = plan_query(known, {});
  ASSERT_TRUE(plan) << plan.error().one_line();
  EXPECT_EQ(wire(plan->candidates), "(NOT OR UID 4:6 SEEN UID 1)");

  const auto unknown = with_unknown_threads(parsed("thread:4 is:read"));
  EXPECT_TRUE(is_whole_on_server(unknown, {}));
  EXPECT_EQ(wire(whole_key(unknown, {})), "((UID UIDS) SEEN)");
}

// What a line cannot hold is searched for from the first to the last.
TEST(ThreadTerm, LongSets) {
  std::vector<imap::Range> ranges;
  for (std::uint32_t uid = 10; uid < 2010; uid += 2) ranges.push_back({uid, uid});
  auto key = uid_key("1");
  key.set = imap::SequenceSet(ranges);
  const auto query = with_threads(parsed("thread:4 is:read"), {key});
  const auto plan = plan_query(query, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(wire(plan->candidates), "(UID 10:2008 SEEN)");
  EXPECT_FALSE(plan->certain);
  ASSERT_TRUE(plan->check);
  imap::FetchData message;
  message.uid = 12;
  EXPECT_EQ(meets(message, *plan->check, {}), true);
  message.uid = 13;
  EXPECT_EQ(meets(message, *plan->check, {}), false);
  const auto opposite = with_threads(parsed("-thread:4"), {key});
  const auto others = plan_query(opposite, {});
  ASSERT_TRUE(others);
  EXPECT_EQ(wire(others->candidates), "ALL");
}

void add(ThreadMaker& maker, std::uint32_t uid, const char* header) {
  imap::FetchData message;
  message.uid = uid;
  message.internal_date = "20-Nov-2026 12:00:00 +0000";
  imap::FetchedSection section;
  section.octets = header;
  message.sections.push_back(std::move(section));
  maker.add(message);
}

TEST(ThreadMaker, ReadsHeaders) {
  ThreadMaker maker(imap::ThreadBy::references_and_subject);
  add(maker, 1, "Subject: Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@x>\r\n\r\n");
  add(maker, 2, "SUBJECT: GRÜSSE\r\nmessage-id:\r\n <2@x>\r\n\r\n");
  add(maker, 3, "References: <0@x>\r\n\t<2@x>\r\nSubject: other\r\n\r\n");
  add(maker, 4, "In-Reply-To: message of Friday <2@x>\r\n"
                "Date: Thu, 19 Nov 2026 12:00:00 +0000\r\n\r\n");
  imap::FetchData bare;
  bare.uid = 5;
  maker.add(bare);
  const auto places = maker.take();
  ASSERT_EQ(places.size(), 5u);
  EXPECT_EQ(places[0].uid, 5u);  // no date at all
  EXPECT_EQ(places.back().uid, 3u);
  EXPECT_EQ(places.back().parent, 2u);
}

TEST(ThreadMaker, AsksForWhatItReads) {
  EXPECT_EQ(ThreadMaker(imap::ThreadBy::references).items().header_fields.size(),
            4u);
  const auto items =
      ThreadMaker(imap::ThreadBy::references_and_subject).items();
  EXPECT_EQ(items.header_fields.back(), "SUBJECT");
  EXPECT_TRUE(items.internal_date);
}

}  // namespace
}  // namespace mailtool::app
