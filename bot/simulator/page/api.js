// Talks to the simulator's control contract: JSON over HTTP, same origin.

/** The server said no (4xx/5xx): `message` is its Chinese sentence. */
export class Refused extends Error {}
/** The server could not be reached at all. */
export class Offline extends Error {}

async function call(path, body) {
  const options = { headers: { accept: "application/json" }, cache: "no-store" };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Offline("连不上服务，请稍后再试。");
  }
  const answer = await response.json().catch(() => null); // an error page of a proxy is not JSON
  if (!response.ok) throw new Refused(answer?.error || `服务返回了错误（${response.status}）。`);
  return answer;
}

const person = (id) => `/sim/people/${encodeURIComponent(id)}`;

export const api = {
  people: () => call("/sim/people"),
  phone: (id, after) => call(`${person(id)}/phone?after=${after}`),
  open: (id) => call(`${person(id)}/open`, {}),
  say: (id, what) => call(`${person(id)}/say`, what),
  press: (id, message, key) => call(`${person(id)}/press`, { message, key }),
  clock: () => call("/sim/clock"),
  moveClock: (move) => call("/sim/clock", move),
  story: () => call("/sim/static/story.json"),
};
