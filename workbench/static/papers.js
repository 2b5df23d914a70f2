// The page of documents that are being made: counts on, and shows the whole page anew when nothing is left to make.

const PAUSE = 2000;

class Papers {
  constructor(place) {
    this.place = place;
    this.bar = place.querySelector("[data-papers-bar]");
    this.made = place.querySelector("[data-papers-made]");
    this.said = place.querySelector("[data-papers-said]");
    setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const reply = await fetch(this.place.dataset.papers, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!reply?.ok) return this.say("The server cannot be reached; this page goes on counting by itself once it can.");
    const { made, under_way: left, state } = await reply.json();
    if (!left || state !== "making") return location.reload();
    this.made.textContent = made;
    if (this.bar) this.bar.value = made;
    this.say("");
  }

  say(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
    setTimeout(() => this.look(), PAUSE);
  }
}

for (const place of document.querySelectorAll("[data-papers]")) new Papers(place);
