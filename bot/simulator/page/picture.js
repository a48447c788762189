// Pictures on their way to the bot: scaled down, or drawn when there is no camera; and shown large.
import { el } from "./dom.js";
import { dayText, timeText } from "./times.js";

const LONGEST_SIDE_PX = 1280;
const QUALITY = 0.85;

const withoutPrefix = (dataUrl) => dataUrl.slice(dataUrl.indexOf(",") + 1);

/** Base64 of a JPEG no side of which is over 1280 px. */
export async function scaledPhoto(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Error("这个文件不是可以识别的图片，请换一张。");
  }
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = el("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return withoutPrefix(canvas.toDataURL("image/jpeg", QUALITY));
}

export function fileBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(withoutPrefix(reader.result));
    reader.onerror = () => reject(new Error("文件读取失败，请重新选择。"));
    reader.readAsDataURL(file);
  });
}

function drawRoom(pen) {
  const wall = pen.createLinearGradient(0, 0, 0, 720);
  wall.addColorStop(0, "#dfe6ea");
  wall.addColorStop(1, "#b9c4ca");
  pen.fillStyle = wall;
  pen.fillRect(0, 0, 960, 720);
  pen.fillStyle = "#8d7b68";
  pen.fillRect(0, 610, 960, 110);
}

function drawUnit(pen) {
  pen.shadowColor = "rgba(0,0,0,.25)";
  pen.shadowBlur = 24;
  pen.fillStyle = "#fbfcfc";
  pen.beginPath();
  pen.roundRect(190, 120, 580, 170, 22);
  pen.fill();
  pen.shadowBlur = 0;
  pen.fillStyle = "#cfd8dc";
  for (let row = 0; row < 3; row += 1) pen.fillRect(225, 235 + row * 15, 510, 6);
  pen.fillStyle = "#e05a47";
  pen.beginPath();
  pen.arc(730, 160, 9, 0, 2 * Math.PI);
  pen.fill();
}

function drawWater(pen) {
  pen.fillStyle = "rgba(76, 132, 168, .75)";
  for (const [x, y, size] of [[300, 330, 9], [300, 420, 11], [470, 360, 8], [470, 500, 12], [610, 340, 9], [610, 460, 10]]) {
    pen.beginPath();
    pen.ellipse(x, y, size * 0.7, size * 1.5, 0, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.beginPath();
  pen.ellipse(460, 645, 250, 26, 0, 0, 2 * Math.PI);
  pen.fill();
}

/** A photo drawn here: an air conditioner that drips, stamped with the park's time. Base64 of a JPEG. */
export function samplePhoto(now, caption) {
  const canvas = el("canvas", { width: 960, height: 720 });
  const pen = canvas.getContext("2d");
  drawRoom(pen);
  drawUnit(pen);
  drawWater(pen);
  pen.fillStyle = "rgba(0,0,0,.55)";
  pen.fillRect(0, 664, 960, 56);
  pen.fillStyle = "#fff";
  pen.font = "26px sans-serif";
  pen.fillText(`样例照片 · ${caption} · ${dayText(now)} ${timeText(now)}`, 24, 701, 912);
  return withoutPrefix(canvas.toDataURL("image/jpeg", QUALITY));
}

/** Shows a picture over the whole window; a click, the button or Esc closes it. */
export function enlarge(url, label) {
  const viewer = document.getElementById("viewer");
  viewer.replaceChildren(
    el("img", { src: url, alt: label }),
    el("button", { class: "viewer-close", type: "button", "aria-label": "关闭图片" }, "×"),
  );
  viewer.onclick = () => viewer.close();
  viewer.showModal();
}
