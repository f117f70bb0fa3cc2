// What is wrong with the page as it is shown now, as an array of sentences.
(() => {
    const wrong = [];
    const about = (it) => `${it.tagName.toLowerCase()} "${it.textContent.trim().slice(0, 40)}"`;

    if (document.documentElement.scrollWidth > innerWidth) {
        wrong.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${innerWidth}`);
    }

    // Any color as [red, green, blue, alpha], as the browser itself paints it.
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const painted = (color) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const ground = (it) => {
        for (let at = it; at; at = at.parentElement) {
            const color = painted(getComputedStyle(at).backgroundColor);
            if (color[3] === 255) return color;
        }
        return painted("Canvas");
    };
    // The contrast of WCAG 2.
    const luminance = (color) => {
        const [red, green, blue] = color.slice(0, 3).map((it) => it / 255)
            .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, two) => {
        const [dark, light] = [luminance(one), luminance(two)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };

    const inSvg = (it) => it instanceof SVGElement;
    const texts = [...document.body.querySelectorAll("*")].filter((it) =>
        [...it.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()) &&
        it.getClientRects().length > 0);
    if (texts.length < 5) wrong.push(`there are ${texts.length} texts`);
    for (const text of texts) {
        const style = getComputedStyle(text);
        const found = contrast(painted(inSvg(text) ? style.fill : style.color), ground(text));
        if (found < 4.5) wrong.push(`${about(text)} has a contrast of ${found.toFixed(2)}`);
        // What a chart is scaled by counts.
        const size = parseFloat(style.fontSize) * (inSvg(text) ? text.getScreenCTM().a : 1);
        if (size < 9) wrong.push(`${about(text)} is ${size.toFixed(1)} px high`);
    }

    for (const chart of document.querySelectorAll(".chart")) {
        const label = chart.getAttribute("aria-label");
        const marks = [...chart.querySelectorAll("rect, path")].filter((it) => {
            const box = it.getBoundingClientRect();
            const style = getComputedStyle(it);
            const color = it.tagName === "rect" ? style.fill : style.stroke;
            const isSeen = color !== "none" && contrast(painted(color), ground(chart)) >= 3;
            const size = it.tagName === "rect" ? Math.min(box.width, box.height) : Math.max(box.width, box.height);
            return isSeen && size >= 1;
        });
        if (marks.length === 0) wrong.push(`the chart ${label} shows nothing`);
        const words = [...chart.querySelectorAll("text")].filter((it) => it.getClientRects().length > 0);
        const boxes = words.map((it) => it.getBoundingClientRect());
        boxes.forEach((box, place) => {
            const frame = words[place].closest(".chart > svg").getBoundingClientRect();
            if (box.left < frame.left - 1 || box.right > frame.right + 1) {
                wrong.push(`${about(words[place])} is cut off in the chart ${label}`);
            }
            const over = boxes.findIndex((other, it) => it > place && box.left < other.right - 1 && other.left < box.right - 1 &&
                box.top < other.bottom - 3 && other.top < box.bottom - 3);
            if (over >= 0) wrong.push(`${about(words[place])} and ${about(words[over])} overlap in the chart ${label}`);
        });
    }
    return JSON.stringify(wrong);
})()
