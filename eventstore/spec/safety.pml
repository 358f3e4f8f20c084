/* Two nodes and one log between them, which may delay, repeat, drop and lose. Each node writes and reads; at the end a
   reader from nothing is asked too. What is checked stands in Check, at the end of this file.

   -DL=n          how long the log may grow                 -DREIGNS=n  how often each node may try to take over
   -DCMDS=n       commands (1 or 2), each sent to both      -DCOPIES=n  records stored twice, at once or later
   -DDROPS=n      records that never arrive                 -DCUTS=n    how often the log loses its last record
   Variants, to be refuted (those of acceptance.pml too):
   -DACKEARLY     acknowledge at produce, not when the own record was read back
   -DNOLOOKUP     after a takeover, do not look whether the command has an outcome
   -DNORECHECK    read on after the log lost something, without comparing the last accepted record                   */
#include "acceptance.pml"

#define N 2
#ifndef L
#define L 6
#endif
#ifndef REIGNS
#define REIGNS 1
#endif
#ifndef CMDS
#define CMDS 1
#endif
#ifndef COPIES
#define COPIES 0
#endif
#ifndef DROPS
#define DROPS 0
#endif
#ifndef CUTS
#define CUTS 0
#endif

#ifdef NOLOOKUP
#define HAS_OUTCOME(r, c) false
#else
#define HAS_OUTCOME(r, c) (r.got[(c) - 1] != 0)
#endif

/* A writer makes one leaf for a sequence, and one fence. */
#define LEAF_ID(w, s) ((w) * 8 + (s))
#define FENCE_ID(w) ((w) * 8 + 7)

Record log[L];
byte tail;      /* how many records the log holds */
bool lost;      /* it has lost some */
byte acked[CMDS];  /* the leaf that a client was told; 0: none yet */

/* What a node sent and the log has not stored. A node may crash, or give up waiting: this arrives all the same. */
chan net[N] = [2] of { mtype, byte, byte, byte, byte, byte, byte };

/* A node's copy of the log: it outlives the node's crashes. */
typedef Reader {
  Folded fold;
  byte pos;        /* of the next record to read */
  byte at;         /* behind the last record accepted; 0: none */
  byte last;       /* that record's id */
  byte got[CMDS];  /* each command's first accepted outcome */
  bool twice;      /* some command has two */
  bool stale       /* the log lost something since it was last compared */
};
Reader rd[N];
mtype = { idle, fencing, opening, owning };

inline acknowledge(which, outcome) {
  assert(acked[(which) - 1] == 0 || acked[(which) - 1] == outcome || lost);
  acked[(which) - 1] = outcome
}

/* The next record, by the rule. `accepted` says how it went. */
inline read_one(r) {
  accept(r.fold, log[r.pos]);
  if
  :: accepted ->
     r.at = r.pos + 1;
     r.last = log[r.pos].id;
     if
     :: log[r.pos].cmd > 0 && r.got[log[r.pos].cmd - 1] == 0 -> r.got[log[r.pos].cmd - 1] = log[r.pos].id
     :: log[r.pos].cmd > 0 && r.got[log[r.pos].cmd - 1] != 0 -> r.twice = true
     :: else
     fi
  :: else
  fi;
  r.pos++
}

/* The last accepted record must stand where it stood; what follows is read again. */
inline compare(r) {
  if
  :: r.at > tail -> r.fold.fork = true
  :: r.at <= tail && r.at > 0 && log[r.at - 1].id != r.last -> r.fold.fork = true
  :: else
  fi;
  r.pos = r.at;
  r.stale = false
}

#define R rd[me]

/* All speculation is forgotten: a crash, an unknown outcome, or another's fence. The next reign has another name. */
inline reign_over() {
  role = idle;
  wr = wr + N;
  e = 0;
  seq = 0;
  head = 0;
  sent = 0
}

inline send_leaf(what, which) {
  net[me]!what, e, wr, seq, head, LEAF_ID(wr, seq), which;
  head = LEAF_ID(wr, seq);
  seq++
}

#ifdef NOFENCE
#define REPLACED (role == owning && R.fold.owner != wr || role == opening && R.fold.owner != wr && R.fold.next >= seq)
#else
#define REPLACED (R.fold.epoch > e)
#endif

active [N] proctype Node() {
  byte me = _pid;
  byte wr = _pid + 1;
  byte reigns;
  mtype role = idle;
  byte e;     /* the epoch that it fences, or owns */
  byte seq;   /* of the next leaf that it chains, those in flight counted */
  byte head;
  byte sent;  /* commands chained in this reign, one bit for each */

end:
  do
  :: d_step { R.stale && !R.fold.fork -> compare(R) }

  :: d_step { !R.stale && !R.fold.fork && R.pos < tail ->
       read_one(R);
       if
       :: accepted && log[R.pos - 1].cmd > 0 -> acknowledge(log[R.pos - 1].cmd, R.got[log[R.pos - 1].cmd - 1])
       :: !accepted && role != idle && log[R.pos - 1].writer == wr &&
          (log[R.pos - 1].kind == fence && R.fold.owner != wr || log[R.pos - 1].kind != fence && log[R.pos - 1].seq >= R.fold.next) ->
          reign_over()  /* an own record is void, and no copy of an accepted one */
       :: else
       fi;
       accepted = false }

  :: atomic { role == idle && reigns < REIGNS && !R.stale && !R.fold.fork && R.pos == tail && nfull(net[me]) ->
       reigns++;
#ifdef NOFENCE
       seq = R.fold.next;
       head = R.fold.head;
       send_leaf(opened, 0);
       role = opening }
#else
       e = R.fold.epoch + 1;
       net[me]!fence, e, wr, 0, R.fold.head, FENCE_ID(wr), 0;
       role = fencing }

     /* Its fence was read back, or another's came first. From its fence on the head is fixed. */
  :: atomic { role == fencing && !R.fold.fork && R.fold.epoch == e && R.fold.owner == wr ->
       seq = R.fold.next;
       head = R.fold.head;
       send_leaf(opened, 0);
       role = opening }
  :: d_step { role == fencing && R.fold.epoch == e && R.fold.owner != wr -> reign_over() }
#endif

  :: d_step { role == opening && R.fold.owner == wr && R.fold.epoch == e && R.fold.open -> role = owning }
  :: d_step { role != idle && REPLACED -> reign_over() }

     /* A commit for a command that it has no outcome for, accepted or in flight. */
  :: atomic { role == owning && !R.fold.fork && !REPLACED && !(sent & 1) && !HAS_OUTCOME(R, 1) && nfull(net[me]) ->
       send_leaf(commit, 1);
       sent = sent | 1;
#ifdef ACKEARLY
       acknowledge(1, head)
#endif
     }
#if CMDS > 1
  :: atomic { role == owning && !R.fold.fork && !REPLACED && !(sent & 2) && !HAS_OUTCOME(R, 2) && nfull(net[me]) ->
       send_leaf(commit, 2);
       sent = sent | 2 }
#endif

     /* A crash at any point, between fence and opened too; or it waited long enough, and the outcome is unknown. */
  :: d_step { role != idle -> reign_over() }
  od
}

inline store(n) {
  net[n]?log[tail].kind, log[tail].epoch, log[tail].writer, log[tail].seq, log[tail].prev, log[tail].id, log[tail].cmd;
  tail++
}

inline copy(from) {
  log[tail].kind = log[from].kind;
  log[tail].epoch = log[from].epoch;
  log[tail].writer = log[from].writer;
  log[tail].seq = log[from].seq;
  log[tail].prev = log[from].prev;
  log[tail].id = log[from].id;
  log[tail].cmd = log[from].cmd;
  tail++
}

inline clear(at) {
  log[at].kind = 0;
  log[at].epoch = 0;
  log[at].writer = 0;
  log[at].seq = 0;
  log[at].prev = 0;
  log[at].id = 0;
  log[at].cmd = 0
}

/* Keeps each node's order, and is free in everything else. */
active proctype Broker() {
  byte copies;
  byte drops;
  byte cuts;
  byte i;
  mtype k; byte a; byte b; byte c; byte d; byte f; byte g;
  /* It need not do what it may: else no run without it would come to an end. */
  atomic {
    if :: copies = COPIES :: COPIES > 0 -> copies = 0 fi;
    if :: drops = DROPS :: DROPS > 0 -> drops = 0 fi;
    if :: cuts = CUTS :: CUTS > 0 -> cuts = 0 fi
  }
end:
  do
  :: atomic { tail < L && nempty(net[0]) -> store(0) }
  :: atomic { tail < L && nempty(net[1]) -> store(1) }
#if COPIES > 0
  :: atomic { copies > 0 && tail > 0 && tail < L ->
       i = 0;
       do
       :: i + 1 < tail -> i++
       :: break
       od;
       copy(i);
       i = 0;
       copies-- }
#endif
#if DROPS > 0
  :: atomic { drops > 0 && nempty(net[0]) -> net[0]?k, a, b, c, d, f, g; k = 0; a = 0; b = 0; c = 0; d = 0; f = 0; g = 0; drops-- }
  :: atomic { drops > 0 && nempty(net[1]) -> net[1]?k, a, b, c, d, f, g; k = 0; a = 0; b = 0; c = 0; d = 0; f = 0; g = 0; drops-- }
#endif
#if CUTS > 0
  :: d_step { cuts > 0 && tail > 0 ->
       tail--;
       clear(tail);
       cuts--;
       lost = true;
#ifndef NORECHECK
       rd[0].stale = true;
       rd[1].stale = true
#endif
     }
#endif
  od
}

/* A reader that kept up with the log agrees with one that begins at its first record. */
inline agrees(r) {
  assert(!r.fold.fork || lost);
  assert(!r.twice);
  assert(r.fold.fork || fresh.fold.fork || r.fold.next == fresh.fold.next && r.fold.head == fresh.fold.head && r.fold.epoch == fresh.fold.epoch)
}

/* What was acknowledged stands in the log; where the log lost it, the node that has it has found the fork. */
inline stands(which) {
  assert(acked[(which) - 1] == 0 || fresh.got[(which) - 1] == acked[(which) - 1] || lost);
  assert(acked[(which) - 1] == 0 || fresh.fold.fork || fresh.got[(which) - 1] == acked[(which) - 1] ||
         rd[0].fold.fork && rd[0].got[(which) - 1] == acked[(which) - 1] || rd[1].fold.fork && rd[1].got[(which) - 1] == acked[(which) - 1])
}

/* When nothing moves any more. */
active proctype Check() {
  Reader fresh;
  timeout ->
  d_step {
    do
    :: fresh.pos < tail && !fresh.fold.fork -> read_one(fresh); accepted = false
    :: else -> break
    od;
    assert(!fresh.fold.fork || lost);
    assert(!fresh.twice);
    agrees(rd[0]);
    agrees(rd[1]);
    stands(1);
#if CMDS > 1
    stands(2);
#endif
  }
}
